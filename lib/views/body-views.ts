import type { DescribedNote } from "#lib/bodies/describe-note.ts";

/** What reading a stored body brought to light, for the inspector. */
export type BodyReadingView = {
  kind: "json" | "form" | "multipart" | "xml" | "text" | "binary" | "empty";
  /** The coding it was sent in and the bytes it unfolds to; null when it was sent as it is or does not unfold. */
  coding: { name: string; decodedBytes: number } | null;
  /**
   * The text, as far as it is shown, where the bytes as sent are not it: sent in a coding or another charset; null
   * otherwise.
   */
  text: string | null;
  /** Whether `text` is only its beginning. */
  cut: boolean;
  problems: BodyProblemView[];
  /**
   * How many items it has where the body itself is a list, such as a line each of JSON lines; null where it is none.
   */
  listItems: number | null;
  /** Fields of a multipart body, in order of their names. */
  fields: Array<[name: string, value: string]>;
  files: BodyFileView[];
  cloudEvents: CloudEventsView | null;
};

/** Something the parsed view could not keep as sent, in a sentence; `exact` only for a number that lost digits. */
export type BodyProblemView = DescribedNote;

/** One way in which a body is not what its headers say; `kind` is stable, for programs. */
export type BodyDeviationView = DescribedNote & { kind: string };

/** A file of a multipart body; `index` is its place. */
export type BodyFileView = {
  index: number;
  field: string;
  filename: string;
  contentType: string;
  bytes: number;
  sha256: string;
};

/** The CloudEvents in a request: how they were sent, how many, and the attributes of the first ones. */
export type CloudEventsView = {
  mode: "binary" | "structured" | "batch";
  count: number;
  events: Array<Array<[name: string, value: string]>>;
};
