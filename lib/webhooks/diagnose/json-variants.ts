import type { Mistake } from "#lib/webhooks/diagnose/diagnosis.ts";

/** Makes one guess about a body from its text. */
export type MakeVariant<Variant> = (mistake: Mistake, message: string, advice: string, body: string) => Variant;

/** What to do about a body that something wrote anew. */
export const RAW_ADVICE =
  "Something between the sender and Hookline parses the body and writes it again, or the sender signs another " +
  "text than it sends: pass the raw bytes on.";

/**
 * A body of JSON as serialisers of other languages write the same value; numbers keep their exact text unless said
 * otherwise.
 */
export function* jsonVariants<Variant>(text: string, variant: MakeVariant<Variant>): Generator<Variant> {
  const value = parseExact(text);
  if (value === undefined) return;
  const compact = JSON.stringify(value);
  const spaced = withSpaces(compact);
  const sorted = JSON.stringify(sortKeys(value));
  const writings: ReadonlyArray<readonly [how: string, text: string]> = [
    ["without white space", compact],
    ["without white space, its escapes as they are", withoutWhiteSpace(text)],
    ["with its numbers as JavaScript writes them", JSON.stringify(JSON.parse(text))],
    ["with an indent of 2 spaces", JSON.stringify(value, null, 2)],
    ["with an indent of 4 spaces", JSON.stringify(value, null, 4)],
    ["with an indent of a tab", JSON.stringify(value, null, "\t")],
    ["with an indent of 2 spaces and CR LF, as .NET does", JSON.stringify(value, null, 2).replaceAll("\n", "\r\n")],
    ["with a space after commas and colons", spaced],
    ["with a space after commas and colons and Unicode escapes, as Python does", escaped(spaced)],
    ["with its keys sorted", sorted],
    ["with its keys sorted and Python's spaces and escapes", escaped(withSpaces(sorted))],
    ["with Unicode escapes", escaped(compact)],
    ["with Unicode escapes in capital letters", escaped(compact, true)],
    ["with escaped slashes", slashed(compact)],
    ["with Unicode escapes and escaped slashes, as PHP does", slashed(escaped(compact))],
    [
      "with an indent of 4 spaces, Unicode escapes and escaped slashes, as PHP does",
      slashed(escaped(JSON.stringify(value, null, 4))),
    ],
    ["with <, > and & escaped, as Go does", compact.replace(/[<>&]/g, unicodeEscape)],
  ];
  const seen = new Set([text]);
  for (const [how, written] of writings) {
    if (seen.has(written)) continue;
    seen.add(written);
    yield variant("body-reserialised", `The signature matches the body rewritten ${how}.`, RAW_ADVICE, written);
  }
  const form = asForm(value);
  if (form !== null)
    yield variant(
      "body-decoded",
      "The signature matches the fields as a form.",
      "Something on the way turns the form into JSON, or the sender signs " +
        "a form and sends JSON: pass the raw bytes on.",
      form,
    );
  yield variant(
    "body-reserialised",
    "The signature matches the body rewritten as a JSON text inside JSON.",
    "The sender encodes its body twice.",
    JSON.stringify(text),
  );
}

/** The value with every number as it was written; undefined when the text is no JSON. */
function parseExact(text: string): unknown {
  try {
    return JSON.parse(text, (_key, value: unknown, { source }: { source?: string } = {}) =>
      typeof value === "number" && source !== undefined ? rawJson(source) : value,
    );
  } catch {
    return undefined;
  }
}

/** `JSON.rawJSON` (ES2026, in Node 24) is not in TypeScript's library yet. */
function rawJson(source: string): unknown {
  return (JSON as unknown as { rawJSON: (text: string) => unknown }).rawJSON(source);
}

function isRawJson(value: object): boolean {
  return (JSON as unknown as { isRawJSON: (value: unknown) => boolean }).isRawJSON(value);
}

function withSpaces(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[,:]/g, (token) => (token === "," || token === ":" ? `${token} ` : token));
}

function withoutWhiteSpace(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|[ \t\r\n]+/g, (token) => (token.startsWith('"') ? token : ""));
}

function escaped(json: string, inCapitals = false): string {
  return json.replace(/[\u0080-\uffff]/g, (character) => {
    const sequence = unicodeEscape(character);
    return inCapitals ? `\\u${sequence.slice(2).toUpperCase()}` : sequence;
  });
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

function slashed(json: string): string {
  return json.replaceAll("/", "\\/");
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== "object" || value === null || isRawJson(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sortKeys(item)]),
  );
}

/** A flat object as a form; null when it is none. */
function asForm(value: unknown): string | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const fields = Object.entries(value as Record<string, unknown>);
  const texts = fields.map(([name, item]): [string, string] | null =>
    typeof item === "string"
      ? [name, item]
      : typeof item === "boolean" || (typeof item === "object" && item !== null && isRawJson(item))
        ? [name, JSON.stringify(item)]
        : null,
  );
  return texts.length > 0 && texts.every((pair) => pair !== null) ? new URLSearchParams(texts).toString() : null;
}
