import { createHmac, hkdfSync, timingSafeEqual } from "node:crypto";
import { secretKey } from "./secret-key.ts";
import { singleton } from "./singleton.ts";

/** The header of deliveries that Hookline itself sent to one of its endpoints, so that a person sees it. */
export const TEST_MARK_HEADER = "x-hookline-test";

const MARK = /^([A-Za-z0-9-]{1,64})\.([A-Za-z0-9_-]{22})$/;

/** Marks a delivery to an endpoint as a test; `name` says which one, in letters, digits and dashes. */
export function makeTestMark(endpointId: string, name: string): string {
  return `${name}.${mac(endpointId, name)}`;
}

/** Says whether this instance made the mark for this endpoint: a sender that writes the header itself fools nobody. */
export function isTestMark(endpointId: string, mark: string): boolean {
  const [, name = "", given = ""] = MARK.exec(mark) ?? [];
  const [a, b] = [Buffer.from(given), Buffer.from(mac(endpointId, name))];
  return name !== "" && a.length === b.length && timingSafeEqual(a, b);
}

function mac(endpointId: string, name: string): string {
  const key = singleton("test-mark-key", () =>
    Buffer.from(hkdfSync("sha256", secretKey(), "", "hookline test mark 1", 32)),
  );
  return createHmac("sha256", key).update(`${endpointId}:${name}`).digest().subarray(0, 16).toString("base64url");
}
