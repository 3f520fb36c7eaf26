import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { isJsonType } from "#lib/bodies/content-type.ts";
import { parseJsonText } from "#lib/bodies/read-json.ts";

/** A field that is parsed into a flow's view because it is JSON at its senders: GitHub's, Slack's and Plex's `payload`. */
const PARSED_FIELD = "payload";

/**
 * A form field as JSON, where its part says it is JSON or its name is documented as JSON and it holds an object or list;
 * null where it stays a text. `type` is the part's media type, empty where it has none.
 */
export function readJsonField(name: string, text: string, type: string): { value: unknown; notes: BodyNote[] } | null {
  if (!isJsonType(type) && !(name === PARSED_FIELD && looksLikeJson(text))) return null;
  const reading = parseJsonText(text);
  return reading.kind === "parsed" ? reading : null;
}

/** Whether a text begins as a JSON object or list does. */
export function looksLikeJson(text: string): boolean {
  return /^\s*[{[]/.test(text);
}
