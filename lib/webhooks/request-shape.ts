import { parseBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { queryValue, rawQuery, readHeader } from "#lib/webhooks/headers.ts";
import type { RequestShape } from "#lib/webhooks/provider-types.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const PING_BODY_BYTES_MAX = 4_096;
/** Handshakes are small, and shapes are looked at before the signature: larger bodies are not parsed for them. */
const SHAPED_BODY_BYTES_MAX = 64 * 1024;

/** Whether a request has everything a shape asks for; the cheap parts are looked at first. */
export function hasShape(shape: RequestShape, request: WebhookRequest): boolean {
  if (shape.methods && !shape.methods.includes(request.method.toUpperCase())) return false;
  if (shape.header !== undefined && readHeader(request.headers, shape.header).kind !== "one") return false;
  if (shape.withoutHeader !== undefined && readHeader(request.headers, shape.withoutHeader).kind !== "missing")
    return false;
  if (shape.headerEquals) {
    const reading = readHeader(request.headers, shape.headerEquals[0]);
    if (reading.kind !== "one" || reading.value.toLowerCase() !== shape.headerEquals[1].toLowerCase()) return false;
  }
  if (shape.noQuery && rawQuery(request.url) !== "") return false;
  if (shape.query !== undefined && queryValue(request.url, shape.query) === null) return false;
  if (shape.emptyBody && request.body.byteLength > 0) return false;
  if (
    shape.bodyTextMatches &&
    (request.body.byteLength > PING_BODY_BYTES_MAX ||
      !shape.bodyTextMatches.test(Buffer.from(request.body).toString("utf8")))
  )
    return false;
  return hasBodyShape(shape, request);
}

function hasBodyShape(shape: RequestShape, request: WebhookRequest): boolean {
  if (
    shape.bodyHas === undefined &&
    shape.bodyHasNot === undefined &&
    !shape.bodyEquals &&
    shape.emptyList === undefined &&
    !shape.bodyKeysExactly
  )
    return true;
  if (request.body.byteLength > SHAPED_BODY_BYTES_MAX) return false;
  const parsed = parseBody(request);
  if (parsed.kind === "unreadable") return false;
  if (shape.bodyHas !== undefined && valueAt(parsed.value, shape.bodyHas) === undefined) return false;
  if (shape.bodyHasNot !== undefined && valueAt(parsed.value, shape.bodyHasNot) !== undefined) return false;
  if (shape.bodyEquals && valueAt(parsed.value, shape.bodyEquals[0]) !== shape.bodyEquals[1]) return false;
  if (shape.emptyList !== undefined) {
    const list = valueAt(parsed.value, shape.emptyList);
    if (!Array.isArray(list) || list.length > 0) return false;
  }
  if (shape.bodyKeysExactly) {
    if (typeof parsed.value !== "object" || parsed.value === null) return false;
    const keys = Object.keys(parsed.value);
    if (keys.length !== shape.bodyKeysExactly.length || !shape.bodyKeysExactly.every((key) => keys.includes(key)))
      return false;
  }
  return true;
}
