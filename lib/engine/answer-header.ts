import { headerProblem } from "#lib/engine/request-header.ts";

/** Headers of an answer that a flow may set, beside `x-…` and `webhook-…`; the content type is a field of its own. */
const ALLOWED = new Set(["content-disposition", "content-language", "etag", "last-modified", "location", "retry-after"]);

/** Of the `x-…` headers those that browsers or proxies in front of Hookline act on. */
const ACTED_ON =
  /^x-(?:accel-|sendfile|lighttpd-|content-type-options|content-security|frame-|xss-|webkit-|robots-|request-id|hookline-|forwarded-|real-ip|dns-|ua-|permitted-|download-|powered-by|middleware-)/;

/** Why a flow may not put this header into an answer to a sender; null = it may. Case of the name does not matter. */
export function answerHeaderProblem(name: string, value: string): string | null {
  const lower = name.toLowerCase();
  if (lower === "content-type") return "The content type is a field of its own.";
  const open = ALLOWED.has(lower) || (/^(?:x|webhook)-/.test(lower) && !ACTED_ON.test(lower));
  if (!open) return `The header ${name.slice(0, 60)} may not be set in an answer: use ${[...ALLOWED].join(", ")}, x-… or webhook-….`;
  if (lower === "location" && !isWebAddress(value)) return "Location must be a whole http:// or https:// address.";
  return headerProblem(name, value);
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text.trim());
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}
