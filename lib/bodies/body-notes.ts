/** The format a body or a part of it was read as. */
export type BodyFormat = "json" | "json-lines" | "form" | "multipart" | "xml";

/**
 * Something about a body that its reader should know: what was read otherwise than declared, or not exactly as sent.
 */
export type BodyNote =
  | { kind: "parse-error"; format: BodyFormat; message: string; line?: number; column?: number }
  /** Its type says one thing, its content is another, and the content counts. */
  | { kind: "read-by-content"; declared: string; format: "json" | "json-lines" }
  /** The bytes are not in the declared charset (null: none was), so the text was read in another one. */
  | { kind: "other-charset"; declared: string | null; used: string }
  /** It says it is packed in this coding and is not; its bytes were read as they came. */
  | { kind: "no-such-coding"; coding: string }
  /** It says it is packed in one coding and is in another, which was undone. */
  | { kind: "other-coding"; declared: string; used: string }
  /** It is packed in this coding and does not say so; it is text by its type, so the coding was undone. */
  | { kind: "unsaid-coding"; used: string }
  /** `text` is the number as written; what was parsed differs from it. */
  | { kind: "lossy-number"; path: string; text: string }
  | { kind: "duplicate-key"; path: string }
  | { kind: "too-deep"; depthMax: number }
  | { kind: "too-many-keys"; keysMax: number }
  /** A form field that cannot be kept under its name, or content beyond a limit. */
  | { kind: "dropped"; what: string }
  /** Bytes that are no text in the charset were replaced by U+FFFD. */
  | { kind: "lossy-text"; charset: string }
  | { kind: "unsupported-charset"; charset: string }
  /** The body would unfold beyond the limit and was not unfolded; nothing was read from it. */
  | { kind: "unfolds-too-far"; coding: string; bytesMax: number }
  | { kind: "undecodable"; coding: string; message: string };

/**
 * The kinds of notes, and whether by one of them a body is not what its headers say it is, or is not read as the whole
 * of that.
 */
const DEVIATES: Readonly<Record<BodyNote["kind"], boolean>> = {
  "parse-error": true,
  "read-by-content": true,
  "other-charset": true,
  "no-such-coding": true,
  "other-coding": true,
  "unsaid-coding": true,
  undecodable: true,
  "unsupported-charset": true,
  "lossy-text": true,
  "lossy-number": false,
  "duplicate-key": false,
  "too-deep": true,
  "too-many-keys": true,
  dropped: true,
  "unfolds-too-far": true,
};

/** Whether a note says that what was read of a body is not, or not all of, what its headers say it is. */
export function isDeviation({ kind }: BodyNote): boolean {
  return DEVIATES[kind];
}

/** Whether a value kept as JSON is a note of a kind that this version knows. */
export function isBodyNote(value: unknown): value is BodyNote {
  if (typeof value !== "object" || value === null || !("kind" in value)) return false;
  return typeof value.kind === "string" && Object.hasOwn(DEVIATES, value.kind);
}
