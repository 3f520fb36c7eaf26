import { encodeCharset } from "#lib/core/encode-charset.ts";
import type { HttpEffect } from "#lib/engine/effect.ts";

/** The bytes of a planned body as they go out; null for none. Throws when the text does not fit its character set. */
export function sentBytes(body: HttpEffect["body"]): Uint8Array | null {
  if (body === null) return null;
  if ("base64" in body) return Uint8Array.from(atob(body.base64), (char) => char.charCodeAt(0));
  if (body.charset === undefined) return new TextEncoder().encode(body.text);
  const encoded = encodeCharset(body.text, body.charset);
  if (encoded === null) throw new Error(`a planned body does not fit its character set ${body.charset}`);
  return encoded;
}
