const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/;
const VALUE_CHARACTERS_MAX = 5_000;

/** Headers of an answer that an owner may set, beside `x-…` and `webhook-…`; the content type is a field of its own. */
const ALLOWED = new Set([
  "content-disposition",
  "content-language",
  "etag",
  "last-modified",
  "location",
  "retry-after",
]);

/** Of the `x-…` headers those that browsers or proxies in front of Hookline act on. */
const ACTED_ON =
  /^x-(?:accel-|sendfile|lighttpd-|content-type-options|content-security|frame-|xss-|webkit-|robots-|request-id|hookline-|forwarded-|real-ip|dns-|ua-|permitted-|download-|powered-by|middleware-)/;

/** Why this header may not stand in an answer to a sender; null = it may. Case of the name does not matter. */
export function answerHeaderProblem(name: string, value: string): string | null {
  const lower = name.toLowerCase();
  if (!NAME.test(name)) return `"${name.slice(0, 60)}" is not a header name.`;
  if (lower === "content-type") return "The content type is a field of its own.";
  const open = ALLOWED.has(lower) || (/^(?:x|webhook)-/.test(lower) && !ACTED_ON.test(lower));
  if (!open) return `The header ${name} may not be set in an answer: use ${[...ALLOWED].join(", ")}, x-… or webhook-….`;
  if (value.length > VALUE_CHARACTERS_MAX)
    return `The header ${name} is longer than ${VALUE_CHARACTERS_MAX} characters.`;
  if (/[\u0000-\u0008\u000a-\u001f\u007f]|[^\u0000-\u00ff]/.test(value))
    return `The header ${name} holds a line break or a character that headers cannot carry.`;
  if (lower === "location" && !isWebAddress(value)) return "Location must be a whole http:// or https:// address.";
  return null;
}

function isWebAddress(text: string): boolean {
  const url = URL.parse(text.trim());
  return url !== null && (url.protocol === "http:" || url.protocol === "https:");
}
