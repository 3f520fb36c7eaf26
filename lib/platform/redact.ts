import type { Json } from "#lib/core/json.ts";
import { JsonText, type Written } from "#lib/core/json-text.ts";
import { replaceJsonTokens } from "#lib/core/replace-json-tokens.ts";

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
  const text = (value: string): string => (whole.has(value) ? REDACTED : hide(value, pattern));
  const name = (key: string): string => hide(key, longPattern);
  const json = (value: Json): Json => {
    if (typeof value === "string") return text(value);
    if (typeof value === "number") return whole.has(String(value)) ? REDACTED : value;
    if (typeof value !== "object" || value === null) return value;
    if (Array.isArray(value)) return value.map(json);
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [name(key), json(item)]));
  };
  const hasNumber = known.some((secret) => Number.isFinite(Number(secret)));
  const number = (token: string): string | null =>
    whole.has(token) || whole.has(String(Number(token))) ? JSON.stringify(REDACTED) : null;
  const string = (token: string, isKey: boolean): string | null => {
    const found = token.includes("\\") ? (JSON.parse(token) as string) : token.slice(1, -1);
    const clean = isKey ? name(found) : text(found);
    return clean === found ? null : JSON.stringify(clean);
  };
  // Token by token: a member that a later one of its name hides is taken out too, and all else stays as it was written.
  const jsonText = (value: string): string => replaceJsonTokens(value, hasNumber ? { string, number } : { string });
  const written = (value: Written): Written => {
    if (value instanceof JsonText) {
      const clean = jsonText(value.text);
      return clean === value.text ? value : new JsonText(clean);
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

/** A text without what a pattern finds; where two finds overlap, both are taken out, and no rest of either stays. */
function hide(text: string, pattern: RegExp | null): string {
  if (pattern === null) return text;
  let shown = "";
  let end = 0;
  pattern.lastIndex = 0;
  for (let found = pattern.exec(text); found !== null; found = pattern.exec(text)) {
    if (shown === "" || found.index >= end) shown += text.slice(end, found.index) + REDACTED;
    end = Math.max(end, found.index + found[0].length);
    pattern.lastIndex = found.index + 1;
  }
  return shown + text.slice(end);
}

const LETTER = "[0-9A-Za-z\\u00c0-\\uffff]";

function formsOf(secret: string): string[] {
  const bytes = Buffer.from(secret, "utf8");
  const wellFormed = bytes.toString("utf8");
  const percent = percentEncode(bytes);
  return [
    secret,
    ...jsonForms(secret),
    ...markupForms(secret),
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

/**
 * As JSON writers escape it: PHP writes `\/`, Python and Java everything beyond ASCII as `\u`; and JSON inside JSON.
 */
function jsonForms(secret: string): string[] {
  const json = JSON.stringify(secret).slice(1, -1);
  const forms = [json, escapedBeyondAscii(json, false), escapedBeyondAscii(json, true)];
  const slashed = forms.map((form) => form.replaceAll("/", "\\/"));
  return [...forms, ...slashed].flatMap((form) => [form, JSON.stringify(form).slice(1, -1)]);
}

function escapedBeyondAscii(json: string, inCapitals: boolean): string {
  return json.replace(/[^\u0000-\u007f]/g, (unit) => {
    const hex = unit.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${inCapitals ? hex.toUpperCase() : hex}`;
  });
}

/** As documents escape it: quotation marks too, in each of the usual ways, or only what a text needs. */
function markupForms(secret: string): string[] {
  const text = secret.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  const both = text.replaceAll(">", "&gt;");
  const quoted = both.replaceAll('"', "&quot;");
  const apostrophes = ["&#39;", "&#039;", "&#x27;", "&apos;"].map((written) => quoted.replaceAll("'", written));
  return [text, both, quoted, ...apostrophes];
}

function escapeRegExp(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
