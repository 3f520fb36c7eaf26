import { parseJsonText } from "#lib/bodies/read-json.ts";
import { findJsonError } from "#lib/core/json-error.ts";
import { ExpressionRefused } from "./expression-refused.ts";
import { parseKeepingNumbers, type Reader } from "./written-numbers.ts";

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/**
 * The value in a JSON text, its numbers kept as written. Throws with line and column where it is none, and beyond a
 * JSON body's limits.
 */
export function parseJson(text: string, reader: Reader): unknown {
  refuseNoJson(text);
  return parseKeepingNumbers(text, reader);
}

function refuseNoJson(text: string): void {
  if (parseJsonText(text).kind === "parsed") return;
  const place = findJsonError(text);
  if (place === null)
    throw new ExpressionRefused("bad-json", "$parseJson: the text nests too deeply or has too many names.");
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  const what =
    place.offset >= text.length
      ? "it ends too early"
      : `${JSON.stringify(text.charAt(place.offset))} is not expected there`;
  const where = `line ${place.line}, column ${place.column}`;
  throw new ExpressionRefused("bad-json", `$parseJson: ${JSON.stringify(shown)} is not JSON at ${where}: ${what}.`);
}

/** The base64 of a text's UTF-8 bytes; a half of a character pair throws, because no bytes stand for it. */
export function toBase64(text: string, alphabet: "base64" | "base64url"): string {
  if (!text.isWellFormed())
    throw new ExpressionRefused("not-text", "The text contains half of a character pair and cannot be encoded.");
  return Buffer.from(text, "utf8").toString(alphabet);
}

/**
 * The text whose UTF-8 bytes a base64 text stands for, in either alphabet. Throws where it is none, or its bytes are
 * no text.
 */
export function fromBase64(text: string, name: string): string {
  const bare = text.replace(/[\t\n\f\r ]/g, "");
  if (!/^[A-Za-z0-9+/_-]*={0,2}$/.test(bare) || bare.replace(/=+$/, "").length % 4 === 1)
    throw new ExpressionRefused("not-base64", `${name}: the text is not base64.`);
  try {
    return utf8.decode(Buffer.from(bare, "base64"));
  } catch {
    throw new ExpressionRefused("not-text", `${name}: the bytes are not UTF-8 text.`);
  }
}
