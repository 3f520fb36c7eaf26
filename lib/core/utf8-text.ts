const NOT_ASCII = /[^\0-\x7f]/;
const BEYOND_BYTE = /[^\0-\xff]/;
const UTF8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A text as Node writes it byte by byte: the bytes of its UTF-8, one in each character. */
export function byteText(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  let bytes = "";
  for (const byte of new TextEncoder().encode(text)) bytes += String.fromCharCode(byte);
  return bytes;
}

/**
 * A text that Node read byte by byte, as UTF-8 where its bytes are that; else as it is (RFC 9110 §5.5 leaves it open).
 */
export function utf8Text(text: string): string {
  if (!NOT_ASCII.test(text)) return text;
  // A character beyond a byte never came over a wire.
  if (BEYOND_BYTE.test(text)) return text;
  try {
    return UTF8.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
  } catch {
    return text;
  }
}
