import { isFormType, isJsonType, readContentType } from "#lib/bodies/content-type.ts";
import { readFormPairs } from "#lib/bodies/form-pairs.ts";
import { textsOfForm } from "#lib/bodies/form-texts.ts";
import { readDisposition, splitMultipart } from "#lib/bodies/multipart-parts.ts";
import { charsetsOf, fieldText } from "#lib/bodies/read-multipart.ts";

/** One field of a form as it was sent, its name not taken apart. `isJson`: its part says it is JSON. */
export type FormField = { readonly name: string; readonly text: string; readonly isJson: boolean };

/**
 * Which fields are read: those of these names (null: all), at most so many, and none where they are larger together.
 */
export type FieldLimits = {
  readonly names?: ReadonlySet<string> | null;
  readonly countMax?: number;
  readonly bytesMax?: number;
};

/** Fields that say what charset a form is in. */
const CHARSET_FIELDS = ["_charset_", "charset"];

/**
 * The text fields of a form in either encoding, in their order, files left out; null when the body is no form, is
 * broken, or its fields are larger than wanted.
 */
export function listFields(contentType: string | null, body: Uint8Array, limits: FieldLimits = {}): FormField[] | null {
  const { type, charset, boundary } = readContentType(contentType);
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  if (isFormType(type)) return listUrlencoded(bytes, charset, limits);
  return type.startsWith("multipart/") ? listMultipart(bytes, boundary, charset, limits) : null;
}

function listUrlencoded(bytes: Buffer, charset: string | null, { names = null, countMax }: FieldLimits): FormField[] {
  const wanted = names === null ? null : new Set([...names, ...CHARSET_FIELDS]);
  const { fields } = textsOfForm(readFormPairs(bytes, wanted, countMax), charset);
  const kept = names === null ? fields : fields.filter(([name]) => names.has(name));
  return kept.map(([name, text]) => ({ name, text, isJson: false }));
}

function listMultipart(
  bytes: Buffer,
  boundary: string | null,
  headerCharset: string | null,
  { names = null, countMax = Number.POSITIVE_INFINITY, bytesMax = Number.POSITIVE_INFINITY }: FieldLimits,
): FormField[] | null {
  const split = splitMultipart(boundary, bytes);
  if (typeof split === "string") return null;
  const fields: FormField[] = [];
  const charsets = charsetsOf(split.parts, headerCharset);
  let size = 0;
  for (const part of split.parts) {
    const { name, filename } = readDisposition(part);
    if (name === null || filename !== null || fields.length >= countMax) continue;
    size += part.content.length;
    if (size > bytesMax) return null;
    if (names !== null && !names.has(name)) continue;
    const isJson = isJsonType(readContentType(part.headers.get("content-type")).type);
    fields.push({ name, text: fieldText(name, part, charsets).text, isJson });
  }
  return fields;
}
