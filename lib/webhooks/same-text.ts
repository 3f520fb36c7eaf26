import { hash, timingSafeEqual } from "node:crypto";

/** Compares two texts in time that depends on neither: their SHA-256 digests are compared with `timingSafeEqual`. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}
