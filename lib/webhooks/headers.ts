import { utf8Text } from "#lib/core/utf8-text.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** How often a header was sent, and its value when it was sent exactly once. */
export type HeaderReading =
  | { readonly kind: "missing" }
  | { readonly kind: "repeated" }
  | { readonly kind: "one"; readonly value: string };

const MISSING: HeaderReading = { kind: "missing" };
const REPEATED: HeaderReading = { kind: "repeated" };

/** Reads a header that must not be repeated; `name` is lower-case. A repeated header has no value. */
export function readHeader(headers: HeaderList, name: string): HeaderReading {
  let found: string | null = null;
  for (const [sent, value] of headers) {
    if (sent.length !== name.length || (sent !== name && sent.toLowerCase() !== name)) continue;
    if (found !== null) return REPEATED;
    found = value;
  }
  return found === null ? MISSING : { kind: "one", value: found };
}

const NOT_ASCII = /[^\0-\x7f]/;

/** A text of a request as people and mappings read it, see `utf8Text`. */
export function readableText(text: string): string {
  return NOT_ASCII.test(text) ? utf8Text(text) : text;
}

/** Headers as people and mappings read them; the same list when all are ASCII. */
export function readableHeaders(headers: HeaderList): HeaderList {
  if (headers.every(([, value]) => !NOT_ASCII.test(value))) return headers;
  return headers.map(([name, value]) => [name, readableText(value)] as const);
}

/** Stored headers, which are kept byte for byte, as people read them. */
export function readStoredHeaders(json: string): Array<[string, string]> {
  return (JSON.parse(json) as HeaderList).map(([name, value]) => [name, utf8Text(value)]);
}

/** The value of a header sent exactly once, or null. */
export function headerValue(headers: HeaderList, name: string): string | null {
  const reading = readHeader(headers, name);
  return reading.kind === "one" ? reading.value : null;
}

/** Every value of a header that is a list (RFC 9110 section 5.3), joined by commas; null when it was not sent. */
export function listHeader(headers: HeaderList, name: string): string | null {
  const values = headers.filter(([sent]) => sent.toLowerCase() === name).map(([, value]) => value);
  return values.length === 0 ? null : values.join(", ");
}

/** The media type of the request in lower case without parameters, or "" when absent or repeated. */
export function mediaType(headers: HeaderList): string {
  return (headerValue(headers, "content-type") ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
}

/** The raw query of a request target or URL without "?" and fragment; "" when there is none. */
export function rawQuery(url: string): string {
  const start = url.indexOf("?");
  if (start < 0) return "";
  const end = url.indexOf("#", start);
  return url.slice(start + 1, end < 0 ? undefined : end);
}

/** The value of a query parameter given exactly once, or null. */
export function queryValue(url: string, name: string): string | null {
  const query = rawQuery(url);
  if (query === "") return null;
  const values = new URLSearchParams(query).getAll(name);
  return values.length === 1 ? (values[0] ?? null) : null;
}
