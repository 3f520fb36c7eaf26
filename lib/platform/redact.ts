import type { Json } from "#lib/core/json.ts";
import { JsonText, type Written } from "#lib/core/json-text.ts";

/** What stands where a secret was. */
export const REDACTED = "[redacted]";

/*
 * The shorter a secret, the more often its text stands somewhere by chance, and taking it out everywhere would shred
 * what is shown and hide nothing:
 * - from 8 characters on it is taken out wherever it stands, keys of objects and encoded forms included;
 * - from 4 on where it is a word of its own in a text or a whole number, and in encoded forms;
 * - shorter ones, and the words of JSON, only where they are a whole text or number;
 * - keys are left alone below 8 characters, and true, false and null always.
 */
const ANYWHERE_CHARS_MIN = 8;
const WORD_CHARS_MIN = 4;
const JSON_WORDS: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** Takes known secrets out of texts and JSON values. What is still text and holds no secret stays as it was written. */
export type Redactor = { text(value: string): string; json(value: Json): Json; written(value: Written): Written };

/**
 * A copy of `value` without the known secrets, in whatever usual encoding they stand there; keys of objects included.
 */
export function redact(value: Json, secrets: readonly string[]): Json {
  return createRedactor(secrets).json(value);
}

/**
 * Compiles a redactor for these secret values. Found forms: as is, JSON- and HTML-escaped, percent- and form-encoded,
 * hex, base64 and base64url at any offset (so also inside `Basic` and data URLs).
 */
export function createRedactor(secrets: readonly string[]): Redactor {
  const known = [...new Set(secrets)].filter((secret) => secret !== "");
  if (known.length === 0) return { text: (value) => value, json: (value) => value, written: (value) => value };
  const whole = new Set(known);
  const pattern = patternOf(known.filter((secret) => secret.length >= WORD_CHARS_MIN && !JSON_WORDS.has(secret)));
  const longPattern = patternOf(known.filter((secret) => secret.length >= ANYWHERE_CHARS_MIN));
  const text = (value: string): string => {
    if (whole.has(value)) return REDACTED;
    return pattern === null ? value : value.replace(pattern, REDACTED);
  };
  const name = (key: string): string => (longPattern === null ? key : key.replace(longPattern, REDACTED));
  const json = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    if (typeof value === "number") return whole.has(String(value)) ? REDACTED : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(json);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [name(key), json(item)]));
  };
  const written = (value: Written): Written => {
    if (value instanceof JsonText) {
      const clean = json(value.value);
      return JSON.stringify(clean) === JSON.stringify(value.value) ? value : clean;
    }
    if (typeof value !== "object" || value === null) return json(value);
    if (Array.isArray(value)) return value.map(written);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [name(key), written(item)]));
  };
  return { text, json, written };
}

/** Says whether a header's value is a secret by its name alone. Idempotency keys are not. */
export function isSensitiveHeader(name: string): boolean {
  const lower = name.toLowerCase();
  return sensitiveNames.has(lower) || /(^|[-_])(secret|token|password|api-?key|access-?key|signature)$/.test(lower);
}

/** Headers in their order, the values of sensitive ones replaced. */
export function redactHeaders(headers: ReadonlyArray<readonly [name: string, value: string]>): [string, string][] {
  return headers.map(([name, value]) => [name, isSensitiveHeader(name) ? REDACTED : value]);
}

const sensitiveNames = new Set([
  "authorization",
  "proxy-authorization",
  "cookie",
  "set-cookie",
  "api-key",
  "apikey",
  "x-auth",
  "x-amz-security-token",
  "ocp-apim-subscription-key",
]);

/** What finds these secrets in a text, the longest form first; null when there are none. */
function patternOf(secrets: readonly string[]): RegExp | null {
  const forms = new Map<string, boolean>();
  for (const secret of secrets)
    for (const form of formsOf(secret)) {
      const isWord = secret.length < ANYWHERE_CHARS_MIN && form.length < ANYWHERE_CHARS_MIN;
      if (form.length >= WORD_CHARS_MIN) forms.set(form, isWord && forms.get(form) !== false);
    }
  if (forms.size === 0) return null;
  const longestFirst = [...forms].sort(([a], [b]) => b.length - a.length);
  const parts = longestFirst.map(([form, isWord]) => {
    const found = escapeRegExp(form);
    return isWord ? `(?<!${LETTER})${found}(?!${LETTER})` : found;
  });
  return new RegExp(parts.join("|"), "g");
}

const LETTER = "[0-9A-Za-z\\u00c0-\\uffff]";

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const wellFormed = bytes.toString("utf8");
  const percent = percentEncode(bytes);
  const json = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    json,
    JSON.stringify(json).slice(1, -1),
    htmlEscape(secret),
    percent,
    percent.toLowerCase(),
    encodeURIComponent(wellFormed),
    encodeURI(wellFormed),
    new URLSearchParams([["", secret]]).toString().slice(1),
    bytes.toString("hex"),
    bytes.toString("hex").toUpperCase(),
    ...base64Forms(bytes),
  ];
}

/** The part of the base64 text that depends on the secret alone, for each of the three offsets it can stand at. */
function base64Forms(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((offset) => {
    const text = Buffer.concat([Buffer.alloc(offset), bytes])
      .toString("base64")
      .replace(/=+$/, "");
    const from = offset === 0 ? 0 : offset + 1;
    // The last character mixes with what follows unless the bytes end on a group of three.
    const to = (offset + bytes.length) % 3 === 0 ? text.length : text.length - 1;
    const inner = text.slice(from, to);
    if (inner.length < WORD_CHARS_MIN) return [];
    return [inner, inner.replaceAll("+", "-").replaceAll("/", "_")];
  });
}

function percentEncode(bytes: Buffer): string {
  let out = "";
  for (const byte of bytes) {
    const char = String.fromCharCode(byte);
    out += /[A-Za-z0-9\-._~]/.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
  }
  return out;
}

function htmlEscape(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;");
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
