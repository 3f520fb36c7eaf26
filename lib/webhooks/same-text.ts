import { hash, timingSafeEqual } from "node:crypto";

/** Compares two texts in time that depends on neither: their SHA-256 digests are compared with `timingSafeEqual`. */
export function sameText(a: string, b: string): boolean {
  return timingSafeEqual(hash("sha256", a, "buffer"), hash("sha256", b, "buffer"));
}

/**
 * Compares two digests written as text, whose length is no secret, in time that does not depend on where they differ.
 */
export function sameDigest(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a, "utf8"), Buffer.from(b, "utf8")];
  return left.byteLength === right.byteLength && timingSafeEqual(left, right);
}
