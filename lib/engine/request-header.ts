import { FRAMING_HEADERS } from "#lib/core/framing-headers.ts";

const headerName = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,200}$/;
const valueCharsMax = 16_384;

const kept: ReadonlySet<string> = new Set([...FRAMING_HEADERS, "accept-encoding", "__proto__"]);

/** Why a header that a person wrote may not be sent; null = it may. Case of the name does not matter. */
export function headerProblem(name: string, value: string): string | null {
  if (!headerName.test(name)) return `"${name.slice(0, 60)}" is not a header name.`;
  const lower = name.toLowerCase();
  if (kept.has(lower) || lower.startsWith("proxy-") || lower.startsWith("sec-"))
    return `The header ${name} is set by Hookline itself.`;
  if (value.length > valueCharsMax) return `The header ${name} is longer than ${valueCharsMax} characters.`;
  if (/[\u0000-\u0008\u000a-\u001f\u007f]/.test(value))
    return `The header ${name} holds a line break or a character that headers cannot carry.`;
  return null;
}
