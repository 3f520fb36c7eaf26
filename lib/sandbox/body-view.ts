/** What a body turned out to be. */
export type BodyKind = "json" | "form" | "multipart" | "xml" | "text" | "binary" | "empty";

/** Something the parsed view could not keep exactly as sent; the stored bytes always are. */
export type BodyProblem =
  | {
      kind: "parse-error";
      format: "json" | "form" | "multipart" | "xml";
      message: string;
      line?: number;
      column?: number;
    }
  /** `text` is the number as written; what was parsed differs from it. */
  | { kind: "lossy-number"; path: string; text: string }
  | { kind: "duplicate-key"; path: string }
  | { kind: "too-deep"; depthMax: number }
  | { kind: "too-many-keys"; keysMax: number }
  /** A form field that cannot be kept under its name, or content beyond a limit. */
  | { kind: "dropped"; what: string }
  /** Bytes that are not text in the declared charset were replaced by U+FFFD. */
  | { kind: "lossy-text"; charset: string }
  | { kind: "unsupported-charset"; charset: string }
  /** The body would unfold beyond the limit and was not unfolded; nothing was read from it. */
  | { kind: "unfolds-too-far"; coding: string; bytesMax: number }
  | { kind: "undecodable"; coding: string; message: string };

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
 */
export type BodyWishes = { readonly exact?: boolean; readonly fileContent?: "all" | number };

/**
 * The derived, readable view of a request's bytes. `value` is JSON: an object for forms (field → text, list or file
 * metadata), elements and `@attributes` for XML, a string for text, metadata for binary, null for an empty body.
 * A body that does not parse is `text` with a `parse-error`.
 */
export type ParsedBody = {
  kind: BodyKind;
  value: unknown;
  problems: BodyProblem[];
  /** The JSON text that `value` was parsed from; only where the body is JSON. */
  json?: string;
  /** The value with every number that would lose digits as the text it was written in; only where it was asked for. */
  exact?: unknown;
  /** The files of a multipart body. */
  files?: BodyFile[];
};

/** Most problems that are listed for one body. */
export const problemsMax = 20;

/** Most object keys a parsed body may have. */
export const keysMax = 50_000;

/** The media type in lower case and its parameters; both empty when the header is missing or unreadable. */
export function readContentType(header: string | null): { type: string; charset: string | null } {
  const [type = "", ...parameters] = (header ?? "").slice(0, 1000).split(";");
  for (const parameter of parameters) {
    const match = /^\s*charset\s*=\s*"?([^"\s]+)"?\s*$/i.exec(parameter);
    if (match?.[1] !== undefined) return { type: type.trim().toLowerCase(), charset: match[1].toLowerCase() };
  }
  return { type: type.trim().toLowerCase(), charset: null };
}

/** Text of the bytes in the charset given, else by byte-order mark, else UTF-8; what does not decode is reported. */
export function decodeText(bytes: Uint8Array, charset: string | null, problems: BodyProblem[]): string {
  let label = charset ?? markedCharset(bytes) ?? "utf-8";
  let strict: TextDecoder;
  try {
    strict = new TextDecoder(label, { fatal: true });
  } catch {
    problems.push({ kind: "unsupported-charset", charset: label.slice(0, 60) });
    label = "utf-8";
    strict = new TextDecoder(label, { fatal: true });
  }
  try {
    return strict.decode(bytes);
  } catch {
    problems.push({ kind: "lossy-text", charset: label });
    return new TextDecoder(label).decode(bytes);
  }
}

function markedCharset(bytes: Uint8Array): string | null {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return "utf-16le";
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return "utf-16be";
  return null;
}
