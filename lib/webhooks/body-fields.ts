import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { type FieldsReading, fieldsBytesMax, readFields } from "#lib/bodies/read-fields.ts";
import { pathParts } from "#lib/core/body-path.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Largest body that is parsed for a signature, a name or a handshake: 1 MiB. */
export const PARSED_BODY_BYTES_MAX = fieldsBytesMax;

/**
 * A parsed body: JSON, or form fields as an object of texts (the first of repeated names); null when it is neither or
 * breaks a bound.
 */
export type ParsedBody = FieldsReading;

const parsedBodies = new WeakMap<Uint8Array, ParsedBody>();
const exactBodies = new WeakMap<Uint8Array, ParsedBody>();

/** Parses a request's body for reading single fields, once per body, bounded in size and depth; never throws. */
export function parseBody(request: Pick<WebhookRequest, "headers" | "body">): ParsedBody {
  const known = parsedBodies.get(request.body);
  if (known) return known;
  const parsed = readFields(headerValue(request.headers, "content-type"), request.body);
  parsedBodies.set(request.body, parsed);
  return parsed;
}

/** The same with numbers that a double would round as their digits; parsed once more, so only where one is met. */
export function parseExactBody(request: Pick<WebhookRequest, "headers" | "body">): ParsedBody {
  const known = exactBodies.get(request.body);
  if (known) return known;
  const parsed = readFields(headerValue(request.headers, "content-type"), request.body, parseExactJson);
  exactBodies.set(request.body, parsed);
  return parsed;
}

/** What `parseBody` says of this body from now on: the wanted places of one that is too large to be parsed whole. */
export function rememberParsed(body: Uint8Array, parsed: ParsedBody): void {
  parsedBodies.set(body, parsed);
  exactBodies.set(body, parsed);
}

/**
 * Reads a value at a stored path ("data.0.id"; "" is the whole value); undefined when a part is missing. Own properties
 * only.
 */
export function valueAt(value: unknown, path: string): unknown {
  if (path === "") return value;
  let current: unknown = value;
  for (const part of path.includes("`") ? pathParts(path) : path.split(".")) {
    if (typeof current !== "object" || current === null) return undefined;
    if (!Object.hasOwn(current, part)) return undefined;
    current = (current as Record<string, unknown>)[part];
  }
  return current;
}

/** Reads a text or number at a path of a request's body as text; null when missing or of another type. */
export function bodyText(request: Pick<WebhookRequest, "headers" | "body">, path: string): string | null {
  const parsed = parseBody(request);
  const value = parsed.kind === "unreadable" ? null : valueAt(parsed.value, path);
  if (!mayBeRounded(value)) return scalarText(value);
  const exact = parseExactBody(request);
  return exact.kind === "unreadable" ? null : scalarText(valueAt(exact.value, path));
}

/** A text, finite number or boolean as text; null for anything else. */
export function scalarText(value: unknown): string | null {
  if (typeof value === "string") return value;
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  return typeof value === "boolean" ? String(value) : null;
}

/** Whether a parsed value is a number that may not be the one that was sent: rounded, two ids could be one. */
export function mayBeRounded(value: unknown): boolean {
  return typeof value === "number" && !Number.isSafeInteger(value);
}
