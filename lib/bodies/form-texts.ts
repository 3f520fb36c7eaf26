import { isUtf8 } from "node:buffer";
import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { decodeIn, decodeText, isKnownCharset, isSevenBit } from "#lib/bodies/charset.ts";
import type { FormPair } from "#lib/bodies/form-pairs.ts";

/** The fields of a form as texts, and what had to be assumed to read them. */
export type FormTexts = {
  readonly fields: ReadonlyArray<readonly [name: string, value: string]>;
  readonly notes: BodyNote[];
};

/**
 * A form's fields as texts. Its charset is what the field `_charset_` (HTML standard) or `charset` (PayPal) says, else
 * the header's, else UTF-8; all fields together are judged, since one alone may read as two charsets.
 */
export function textsOfForm(pairs: readonly FormPair[], headerCharset: string | null): FormTexts {
  const charset = charsetIn(pairs) ?? headerCharset;
  const all = joined(pairs, charset);
  if (all.length === 0) return { fields: pairs.map(([name, value]) => [ascii(name), ascii(value)]), notes: [] };
  const { notes } = decodeText(all, charset);
  const used = notes.length > 0 || charset === null || !isKnownCharset(charset) ? null : charset;
  return { fields: pairs.map(([name, value]) => [textOf(name, used), textOf(value, used)]), notes };
}

/** The charset a form says in one of its own fields; null when none does. */
export function charsetIn(pairs: readonly FormPair[]): string | null {
  for (const field of ["_charset_", "charset"]) {
    const named = pairs.find(([name]) => name.length === field.length && name.toString("latin1") === field)?.[1];
    const label = named === undefined || named.length > 40 ? "" : named.toString("latin1").trim();
    if (label !== "" && isKnownCharset(label)) return label;
  }
  return null;
}

/** In a charset that was judged already; a byte order mark at its beginning is one of its characters. */
function textOf(bytes: Buffer, charset: string | null): string {
  if (isAscii(bytes) && !isSevenBit(charset)) return ascii(bytes);
  if (charset !== null && charset !== "utf-8") return decodeIn(charset, bytes);
  return isUtf8(bytes) ? bytes.toString("utf8") : decodeText(bytes, null).text;
}

/**
 * What the charset decides about: everything beyond ASCII, or all of it where ASCII bytes stand for other characters.
 */
function joined(pairs: readonly FormPair[], charset: string | null): Buffer {
  // A blank between them, so that no sequence runs from one into the next.
  const blank = Buffer.from(" ");
  const isAll = isSevenBit(charset);
  return Buffer.concat(
    pairs.flatMap(([name, value]) => (!isAll && isAscii(value) && isAscii(name) ? [] : [name, blank, value, blank])),
  );
}

function isAscii(bytes: Buffer): boolean {
  for (let at = 0; at < bytes.length; at += 1) if ((bytes[at] as number) > 0x7f) return false;
  return true;
}

function ascii(bytes: Buffer): string {
  return bytes.toString("latin1");
}
