import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { isDeeperThan } from "#lib/bodies/json-depth.ts";
import { mediaType } from "#lib/webhooks/headers.ts";
import { readMultipartFields } from "#lib/webhooks/multipart-fields.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Largest body that is parsed for a signature, a name or a handshake: 1 MiB. */
export const PARSED_BODY_BYTES_MAX = 1024 * 1024;
/** Deepest nesting that is parsed. */
export const PARSED_BODY_DEPTH_MAX = 64;

/**
 * A parsed body: JSON, or form fields as an object of texts (the first of repeated names); null when it is neither or
 * breaks a bound.
 */
export type ParsedBody = { readonly kind: "json" | "form"; readonly value: unknown } | { readonly kind: "unreadable" };

const UNREADABLE: ParsedBody = { kind: "unreadable" };
const parsedBodies = new WeakMap<Uint8Array, ParsedBody>();
const exactBodies = new WeakMap<Uint8Array, ParsedBody>();
const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });

/** Parses a request's body for reading single fields, once per body, bounded in size and depth; never throws. */
export function parseBody(request: Pick<WebhookRequest, "headers" | "body">): ParsedBody {
  const known = parsedBodies.get(request.body);
  if (known) return known;
  const parsed = parseUncached(request, JSON.parse);
  parsedBodies.set(request.body, parsed);
  return parsed;
}

/** The same with numbers that a double would round as their digits; parsed once more, so only where one is met. */
export function parseExactBody(request: Pick<WebhookRequest, "headers" | "body">): ParsedBody {
  const known = exactBodies.get(request.body);
  if (known) return known;
  const parsed = parseUncached(request, parseExactJson);
  exactBodies.set(request.body, parsed);
  return parsed;
}

/** What `parseBody` says of this body from now on: the wanted places of one that is too large to be parsed whole. */
export function rememberParsed(body: Uint8Array, parsed: ParsedBody): void {
  parsedBodies.set(body, parsed);
  exactBodies.set(body, parsed);
}

/**
 * Reads a value at a dot path ("data.0.id"; "" is the whole value); undefined when a part is missing. Own properties
 * only.
 */
export function valueAt(value: unknown, path: string): unknown {
  if (path === "") return value;
  let current: unknown = value;
  for (const part of path.split(".")) {
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

function parseUncached(
  request: Pick<WebhookRequest, "headers" | "body">,
  parse: (text: string) => unknown,
): ParsedBody {
  const { body } = request;
  if (body.byteLength === 0) return UNREADABLE;
  const type = mediaType(request.headers);
  if (type === "multipart/form-data") {
    // Files are passed over, so only what stands in fields counts.
    const fields = readMultipartFields(request.headers, body, PARSED_BODY_BYTES_MAX);
    return fields ? { kind: "form", value: withPayloadJson(fields, parse) } : UNREADABLE;
  }
  if (body.byteLength > PARSED_BODY_BYTES_MAX) return UNREADABLE;
  let text: string;
  try {
    text = utf8.decode(body);
  } catch {
    return UNREADABLE;
  }
  if (type === "application/x-www-form-urlencoded")
    return { kind: "form", value: withPayloadJson(new URLSearchParams(text), parse) };
  if (isDeeperThan(text, PARSED_BODY_DEPTH_MAX)) return UNREADABLE;
  try {
    return { kind: "json", value: parse(text) };
  } catch {
    return UNREADABLE;
  }
}

/** Form fields that are JSON at their senders: GitHub's and Slack's `payload`, Mandrill's events, Jotform's answers. */
export const JSON_FIELDS: readonly string[] = ["payload", "mandrill_events", "rawRequest"];

/**
 * Form fields as an object; JSON fields are parsed, and the members of `payload` are readable as if they were the body.
 */
function withPayloadJson(fields: Iterable<readonly [string, string]>, parse: (text: string) => unknown): unknown {
  const record: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of fields) if (!Object.hasOwn(record, name)) record[name] = value;
  for (const name of JSON_FIELDS) {
    const text = record[name];
    if (typeof text !== "string" || !/^\s*[[{]/.test(text) || isDeeperThan(text, PARSED_BODY_DEPTH_MAX)) continue;
    try {
      record[name] = parse(text);
    } catch {
      // Not JSON after all: the field stays a text.
    }
  }
  const payload = record["payload"];
  return typeof payload === "object" && payload !== null && !Array.isArray(payload)
    ? { ...payload, ...record }
    : record;
}
