import { FRAMING_HEADERS } from "#lib/core/framing-headers.ts";

/** Headers as they go on the wire, in order. */
export type WireHeaders = ReadonlyArray<readonly [name: string, value: string]>;

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const VALUE = /^[^\0-\x08\x0a-\x1f\x7f]*$/;

const singleHeaders = new Set(["content-type", "authorization", "idempotency-key", "content-encoding", "user-agent"]);
const closedMethods = new Set(["CONNECT", "TRACE", "TRACK"]);

/** Says what is wrong with a call's method or headers before anything is sent; null when nothing is. */
export function findHeaderProblem(method: string, headers: WireHeaders): string | null {
  if (!TOKEN.test(method) || closedMethods.has(method.toUpperCase()))
    return `The method ${JSON.stringify(method.slice(0, 40))} cannot be used.`;
  const seen = new Set<string>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (!TOKEN.test(name)) return `${JSON.stringify(name.slice(0, 60))} is not a header name.`;
    if (FRAMING_HEADERS.has(lower) || lower.startsWith("proxy-"))
      return `The header ${name} is set by Hookline itself and cannot be given.`;
    if (!VALUE.test(value))
      return `The value of the header ${name} holds a line break or a character that headers cannot carry.`;
    if (singleHeaders.has(lower) && seen.has(lower)) return `The header ${name} is given twice.`;
    seen.add(lower);
  }
  return null;
}
