import type { Mistake } from "#lib/webhooks/diagnose/diagnosis.ts";

/** A body in another character set, or with its HTML escapes read. */
export type CharsetVariant = {
  readonly mistake: Mistake;
  readonly message: string;
  readonly advice: string;
  readonly body: Uint8Array;
};

const ADVICE =
  "Something on the way reads the body in one character set and writes it in another: pass the raw bytes on.";
const HTML_ENTITIES: Readonly<Record<string, string>> = {
  "&quot;": '"',
  "&#34;": '"',
  "&#39;": "'",
  "&#039;": "'",
  "&#x27;": "'",
  "&apos;": "'",
  "&lt;": "<",
  "&gt;": ">",
  "&amp;": "&",
};

/** Bodies as they were before, or after, a change of character set or an HTML escape. */
export function* charsetVariants(bytes: Buffer, text: string): Generator<CharsetVariant> {
  const variant = (message: string, body: Uint8Array, advice = ADVICE): CharsetVariant => ({
    mistake: "body-charset",
    message,
    advice,
    body,
  });
  const wide = wideText(bytes);
  if (wide !== null) {
    yield variant("The signature matches the body in UTF-8; it arrives in UTF-16.", Buffer.from(wide, "utf8"));
    return;
  }
  if (bytes.some((byte) => byte > 0x7f)) {
    if (!Buffer.from(text, "utf8").equals(bytes))
      yield variant(
        "The signature matches the body in UTF-8; it arrives in Latin-1.",
        Buffer.from(bytes.toString("latin1"), "utf8"),
      );
    else if (/^[\0-\u00ff]*$/.test(text))
      yield variant(
        "The signature matches the body in Latin-1, or before its UTF-8 was encoded a second time.",
        Buffer.from(text, "latin1"),
      );
  }
  yield variant("The signature matches the body in UTF-16, little end first.", Buffer.from(text, "utf16le"));
  if (/&(?:quot|amp|lt|gt|apos|#0?39|#34|#x27);/.test(text))
    yield variant(
      "The signature matches the body without its HTML escapes.",
      Buffer.from(
        text.replace(/&(?:quot|amp|lt|gt|apos|#0?39|#34|#x27);/g, (entity) => HTML_ENTITIES[entity] ?? entity),
        "utf8",
      ),
      "Something on the way escapes the body for HTML (&quot; for quotation marks): pass the raw bytes on.",
    );
}

/** The text of a body in UTF-16, by its byte order mark or by every other byte being zero; null when it is not. */
function wideText(bytes: Buffer): string | null {
  if (bytes.byteLength < 4 || bytes.byteLength % 2 !== 0) return null;
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return bytes.toString("utf16le", 2);
  if (first === 0xfe && second === 0xff) return Buffer.from(bytes.subarray(2)).swap16().toString("utf16le");
  const head = bytes.subarray(0, 64);
  if (head.every((byte, index) => (index % 2 === 1) === (byte === 0))) return bytes.toString("utf16le");
  return head.every((byte, index) => (index % 2 === 0) === (byte === 0))
    ? Buffer.from(bytes).swap16().toString("utf16le")
    : null;
}
