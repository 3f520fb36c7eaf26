import { createHmac, timingSafeEqual } from "node:crypto";
import { MINUTE } from "#lib/core/units.ts";

/** How long a page that asks can be answered. */
export const CONFIRM_MS = 30 * MINUTE;

/** What a confirmation is bound to: this endpoint and this query, so that no other link can be confirmed with it. */
export type ConfirmPlace = { readonly endpointId: string; readonly query: string };

/** What a posted confirmation is. The nonce is the same however often one page is answered. */
export type ConfirmReading =
  | { readonly kind: "valid"; readonly nonce: string }
  | { readonly kind: "expired" | "wrong" };

/** The signed value of a page's hidden field: expiry, nonce and MAC. */
export function signConfirm(key: Uint8Array, place: ConfirmPlace, now: Date, nonce: string): string {
  const until = (now.getTime() + CONFIRM_MS).toString(36);
  return `${until}.${nonce}.${mac(key, place, until, nonce)}`;
}

/** Checks a posted confirmation. The MAC is checked first, so a forged one is never called expired. */
export function readConfirm(key: Uint8Array, place: ConfirmPlace, now: Date, text: string): ConfirmReading {
  const [until = "", nonce = "", given = "", ...more] = text.length > 300 ? [] : text.split(".");
  if (more.length > 0 || !/^[0-9a-z]{1,12}$/.test(until) || !/^[\w-]{1,64}$/.test(nonce)) return { kind: "wrong" };
  const expected = Buffer.from(mac(key, place, until, nonce));
  const received = Buffer.from(given);
  if (received.byteLength !== expected.byteLength || !timingSafeEqual(received, expected)) return { kind: "wrong" };
  return Number.parseInt(until, 36) < now.getTime() ? { kind: "expired" } : { kind: "valid", nonce };
}

function mac(key: Uint8Array, { endpointId, query }: ConfirmPlace, until: string, nonce: string): string {
  return createHmac("sha256", key)
    .update(JSON.stringify([endpointId, query, until, nonce]))
    .digest("base64url");
}
