import { createHash } from "node:crypto";
import { parseExactBody, valueAt } from "#lib/webhooks/body-fields.ts";
import type { DedupeSpec, ValueSource } from "#lib/webhooks/provider-types.ts";
import { readFirstValue } from "#lib/webhooks/read-value.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Longest key that is stored as it is, in bytes of UTF-8; longer ones are stored as their SHA-256. */
export const DEDUPE_KEY_BYTES_MAX = 200;

/** How a redelivery of this request will be recognised. */
export type DedupeKey =
  /** The sender's own id: a second request with it is the same event for as long as events are kept. */
  | { readonly kind: "delivery-id"; readonly key: string; readonly deliveryId: string }
  /** A hash of content: the same key counts as the same event only inside the window. */
  | { readonly kind: "content"; readonly key: string; readonly windowSeconds: number }
  | { readonly kind: "none" };

/** The dedupe key of a request by the provider's preset, or by the owner's own sources. */
export function dedupeKey(spec: DedupeSpec, request: WebhookRequest, own: readonly ValueSource[] = []): DedupeKey {
  const deliveryId = readFirstValue(own.length > 0 ? own : spec.sources, request);
  if (deliveryId !== null) return { kind: "delivery-id", key: boundedKey(deliveryId), deliveryId };
  if (spec.fallback === null) return { kind: "none" };
  const { fields, wholeBody, windowSeconds } = spec.fallback;
  const hash = createHash("sha256");
  for (const field of fields) {
    const value = readFirstValue([field], request) ?? listAsText(field, request);
    if (value === null && field.required) return { kind: "none" };
    // Length first, so that neighbouring fields cannot run into each other.
    hash.update(value === null ? "-;" : `${Buffer.byteLength(value)}:${value};`);
  }
  if (wholeBody) hash.update(request.body);
  return { kind: "content", key: `content:${hash.digest("hex")}`, windowSeconds };
}

/** A list or an object at a body path, with all that is in it; null for anything else and for empty ones. */
function listAsText(field: ValueSource, request: WebhookRequest): string | null {
  if (field.from !== "body") return null;
  const parsed = parseExactBody(request);
  const value = parsed.kind === "unreadable" ? null : valueAt(parsed.value, field.path);
  return typeof value === "object" && value !== null && Object.keys(value).length > 0 ? JSON.stringify(value) : null;
}

/** A key as it is stored: itself up to 200 bytes, else its SHA-256; no NUL and no lone surrogates either way. */
export function boundedKey(key: string): string {
  if (Buffer.byteLength(key) <= DEDUPE_KEY_BYTES_MAX && !/[\p{Cc}\p{Cs}]/u.test(key)) return key;
  return `sha256:${createHash("sha256").update(key).digest("hex")}`;
}
