import { charsetOf } from "#lib/core/content-type.ts";
import { encodeCharset } from "#lib/core/encode-charset.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";

/**
 * An answer's body as it goes out: in the character set its content type names, and in UTF-8 (as text) where that is
 * the one, is unknown, or has not every character.
 */
export function answerContent({ headers, body }: SenderAnswer): string | Uint8Array {
  const contentType = headers.find(([name]) => name === "content-type")?.[1];
  const charset = contentType === undefined ? null : charsetOf(contentType);
  if (charset === null || charset === "utf-8") return body;
  return encodeCharset(body, charset) ?? body;
}
