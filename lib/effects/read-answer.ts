import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { decodeText } from "#lib/bodies/charset.ts";
import { isBinaryType, isJsonType, readContentType } from "#lib/bodies/content-type.ts";
import { beginsLikeJson } from "#lib/bodies/json-fields.ts";
import type { Json } from "#lib/core/json.ts";
import { JsonText, type Written } from "#lib/core/json-text.ts";
import { KIB } from "#lib/core/units.ts";
import { readBodyInChild } from "#lib/sandbox/read-body-in-child.ts";

const SHOWN_BYTES_MAX = 64 * KIB;

/** An answer's body as later steps see it, what to know about it, and `exact` where numbers of it lose digits. */
export type AnswerReading = { readonly body: Written; readonly exact?: Json; readonly notes: readonly BodyNote[] };

/**
 * Reads an answer as a received body is read: JSON, forms and XML as values, text as text, `{ base64 }` for bytes and
 * for what its type says is no text. Large answers are read in a sandbox child.
 */
export async function readAnswer(body: Uint8Array, contentType: string | undefined): Promise<AnswerReading> {
  const { kind, value, json, exact, notes } = await readBodyInChild(contentType ?? null, body, {
    exact: true,
    asWritten: true,
  });
  const isBytes = kind === "binary" || (kind === "text" && isFileType(readContentType(contentType).type));
  if (isBytes) return { body: bytesOf(body, contentType), notes };
  const isLossy = notes.some((note) => note.kind === "lossy-number");
  return {
    body: json === undefined ? (value as Json) : new JsonText(json),
    notes,
    ...(isLossy && exact !== undefined ? { exact: exact as Json } : {}),
  };
}

/** A body as bytes for later steps. */
export function bytesOf(body: Uint8Array, contentType: string | undefined): Json {
  return { base64: Buffer.from(body).toString("base64"), contentType: contentType ?? null };
}

/** A body as the run page shows it: at most the first 64 KB. */
export function showBody(body: Uint8Array, contentType: string | undefined): { text: string } | { base64: string } {
  const { type, charset } = readContentType(contentType);
  const cut = body.byteLength > SHOWN_BYTES_MAX;
  const shown = cut ? wholeCharacters(body.subarray(0, SHOWN_BYTES_MAX)) : body;
  const { text, notes } = decodeText(shown, charset, isJsonType(type));
  const isText = type.startsWith("text/") || charset !== null || /json|xml/.test(type);
  if ((isFileType(type) && !beginsLikeJson(body)) || (!isText && (notes.length > 0 || text.includes("\u0000"))))
    return { base64: Buffer.from(body.subarray(0, SHOWN_BYTES_MAX)).toString("base64") };
  return { text };
}

/** Types under which files come: what is in them is passed on as bytes even where it reads as text. */
function isFileType(type: string): boolean {
  return isBinaryType(type) || type === "application/octet-stream";
}

/** Without the beginning of a UTF-8 sequence that was cut off at the end. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let at = bytes.length;
  while (at > 0 && bytes.length - at < 3 && ((bytes[at - 1] ?? 0) & 0xc0) === 0x80) at -= 1;
  return (bytes[at - 1] ?? 0) >= 0xc0 ? bytes.subarray(0, at - 1) : bytes;
}
