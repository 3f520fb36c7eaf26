import type { BodyNote } from "#lib/bodies/body-notes.ts";

/** What a body turned out to be. A list of JSON lines is `json`. */
export type BodyKind = "json" | "form" | "multipart" | "xml" | "text" | "binary" | "empty";

/**
 * A file of a multipart body, in the order sent. `base64` is its content where it was asked for and is not too large.
 */
export type BodyFile = {
  readonly field: string;
  readonly filename: string;
  readonly contentType: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly base64: string | null;
};

/**
 * What is wanted beyond the value: numbers as written (`exact`), and the content of all files or of one, by its place.
 * `asWritten`: of JSON its text is enough; `value` may be left undefined, which takes no more memory than the text.
 */
export type BodyWishes = {
  readonly exact?: boolean;
  readonly fileContent?: "all" | number;
  readonly asWritten?: boolean;
};

/**
 * The readable view of a body's bytes. `value` is JSON: an object for forms (field → text, list or file metadata),
 * elements and `@attributes` for XML, a string for text, metadata for binary, null for an empty body; undefined for
 * JSON of which only the text was wanted. A body that does not parse is `text` with a `parse-error`.
 */
export type BodyReading = {
  kind: BodyKind;
  value: unknown;
  notes: BodyNote[];
  /**
   * The JSON text that `value` was parsed from, of JSON lines as one list, of a form with JSON in it the whole with
   * that as it was sent; only where there is any JSON.
   */
  json?: string;
  /**
   * Whether `json` is nothing but the bytes as UTF-8, without the space around; only said where `asWritten` is wished.
   */
  isAsSent?: boolean;
  /** The value with every number that would lose digits as the text it was written in; only where it was asked for. */
  exact?: unknown;
  /** The files of a multipart body. */
  files?: BodyFile[];
};
