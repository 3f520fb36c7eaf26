import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { isJsonType } from "#lib/bodies/content-type.ts";
import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { notesMax } from "#lib/bodies/limits.ts";
import { parseJsonText } from "#lib/bodies/read-json.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { quoteKey } from "#lib/core/quote-key.ts";

/**
 * A field that is parsed into a flow's view because it is JSON at its senders: GitHub's, Slack's and Plex's `payload`.
 */
const PARSED_FIELD = "payload";

/**
 * Fields that names, keys and items are looked up in because they are JSON at their senders: Mandrill's, Jotform's too.
 */
export const JSON_FIELDS: readonly string[] = [PARSED_FIELD, "mandrill_events", "rawRequest"];

/** A form field that is JSON: its value, with long numbers as texts (`exact`), and as it was written. */
export type JsonField = {
  readonly value: unknown;
  readonly exact: unknown;
  readonly written: JsonText;
  readonly notes: BodyNote[];
};

/**
 * A form field as JSON, where its part says it is JSON or its name is documented as JSON and it holds an object or
 * list; null where it stays a text. `type` is the part's media type, empty where it has none.
 */
export function readJsonField(name: string, text: string, type: string): JsonField | null {
  if (!isJsonType(type) && !(name === PARSED_FIELD && looksLikeJson(text))) return null;
  const reading = parseJsonText(text);
  if (reading.kind !== "parsed") return null;
  const { value, notes } = reading;
  const mayDiffer = notes.length >= notesMax || notes.some(({ kind }) => kind === "lossy-number");
  const exact = mayDiffer ? parseExactJson(text) : value;
  return { value, exact, written: new JsonText(text.trim()), notes: notes.map((note) => inField(name, note)) };
}

/** With its path from the top of the form; names that brackets take apart stay out of it. */
function inField(name: string, note: BodyNote): BodyNote {
  if (!("path" in note) || name.includes("[")) return note;
  const joint = note.path === "" || note.path.startsWith("[") ? "" : ".";
  return { ...note, path: `${quoteKey(name) ?? name}${joint}${note.path}` };
}

/** Whether a text begins as a JSON object or list does. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}

/** The same of bytes in any charset: by the first that is not space, a NUL of wide text or of a byte order mark. */
export function beginsLikeJson(body: Uint8Array): boolean {
  for (const byte of body) {
    if (byte === 0x7b || byte === 0x5b) return true;
    const skipped = byte <= 0x20 || byte === 0xef || byte === 0xbb || byte === 0xbf || byte === 0xff || byte === 0xfe;
    if (!skipped) return false;
  }
  return false;
}
