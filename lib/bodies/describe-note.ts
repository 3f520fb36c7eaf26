import type { BodyNote } from "#lib/bodies/body-notes.ts";

/** A note in one sentence, and for a number that lost digits the expression that gives it as it was written. */
export type DescribedNote = { sentence: string; exact: ExactNumber | null };

/**
 * A number as it was written: where (`a[0].id`), its text, and what a mapping writes to get that text (null: not
 * writable).
 */
export type ExactNumber = { path: string; text: string; expression: string | null };

const SHOWN_NUMBER_CHARACTERS_MAX = 60;

/**
 * What a note says to a person; `scope` is where expressions find the exact body ("trigger.exact", "steps.x.exact").
 */
export function describeNote(note: BodyNote, scope = "trigger.exact"): DescribedNote {
  if (note.kind !== "lossy-number") return { sentence: sentenceOf(note), exact: null };
  const place = note.path === "" ? "The number" : note.path;
  const text = shortened(note.text);
  return {
    sentence: `${place} is ${text}, which loses digits as a number.`,
    exact: { path: note.path, text, expression: exactPath(scope, note.path) },
  };
}

function sentenceOf(note: Exclude<BodyNote, { kind: "lossy-number" }>): string {
  switch (note.kind) {
    case "parse-error":
      return note.message;
    case "read-by-content":
      return note.format === "json"
        ? `Its type says ${note.declared}, but it is JSON, so it was read as JSON.`
        : `Its type says ${note.declared}, but each of its lines is JSON, so it was read as a list of them.`;
    case "other-charset":
      if (note.declared === null && /^utf-(?:16|32)/.test(note.used))
        return `It does not say its charset, and its bytes are ${note.used}, so it was read as that.`;
      return note.declared === null || note.declared === note.used
        ? `Some of its bytes are not UTF-8; they were read as ${note.used}.`
        : note.declared.startsWith("utf-8") || note.declared === "utf8"
          ? `It says it is UTF-8, but some of its bytes are not; they were read as ${note.used}.`
          : `It says its charset is ${note.declared}, but its bytes are ${note.used}, so it was read as that.`;
    case "no-such-coding":
      return `It says it is encoded as ${note.coding}, but it is not; its bytes were read as they came.`;
    case "other-coding":
      return `It says it is encoded as ${note.declared}, but it is ${note.used}, so it was decompressed as that.`;
    case "unsaid-coding":
      return `It does not say so, but it is encoded as ${note.used}, so it was decompressed.`;
    case "duplicate-key":
      return `${note.path} appears more than once; the last one counts.`;
    case "too-deep":
      return `It is nested deeper than ${note.depthMax} levels, so it is shown as text.`;
    case "too-many-keys":
      return `It has more than ${note.keysMax.toLocaleString("en")} keys, so it is shown as text.`;
    case "dropped":
      return `Left out of the view: ${note.what}.`;
    case "lossy-text":
      return `Some bytes are not ${note.charset} text and are shown as \ufffd.`;
    case "unsupported-charset":
      return `The charset "${note.charset}" is not known; the text was read as UTF-8.`;
    case "unfolds-too-far":
      return (
        `This ${note.coding} body would decompress to more than ${note.bytesMax.toLocaleString("en")} bytes, so ` +
        "it was not decompressed. Its bytes are kept as sent."
      );
    case "undecodable":
      return `It says it is ${note.coding}, but cannot be decompressed: ${note.message}.`;
  }
}

/** A path whose every key can be written in an expression; a key that holds a backtick cannot. */
const WRITABLE = /^(?:(?:^|\.)(?:[A-Za-z_]\w*|`[^`…]+`)|\[\d+\])*$/;

function exactPath(scope: string, path: string): string | null {
  if (!WRITABLE.test(path)) return null;
  return path === "" || path.startsWith("[") ? `${scope}${path}` : `${scope}.${path}`;
}

function shortened(text: string): string {
  return text.length <= SHOWN_NUMBER_CHARACTERS_MAX ? text : `${text.slice(0, SHOWN_NUMBER_CHARACTERS_MAX)}…`;
}
