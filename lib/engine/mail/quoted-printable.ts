const lineBytesMax = 76;
const CR = 0x0d;
const LF = 0x0a;
const EQUALS = 0x3d;
const DOT = 0x2e;
const HEX = new TextEncoder().encode("0123456789ABCDEF");

/** Text as UTF-8 in quoted-printable (RFC 2045 6.7): lines of at most 76 characters, every line end CRLF. */
export function encodeQuotedPrintable(text: string): string {
  const bytes = new TextEncoder().encode(text);
  const out = new Writer(bytes.length);
  let from = 0;
  for (let at = 0; at <= bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte !== CR && byte !== LF && byte !== undefined) continue;
    writeLine(bytes, from, at, out);
    if (byte === undefined) break;
    out.add(CR, LF);
    if (byte === CR && bytes[at + 1] === LF) at += 1;
    from = at + 1;
  }
  return out.text();
}

function writeLine(bytes: Uint8Array, from: number, to: number, out: Writer): void {
  let used = 0;
  for (let at = from; at < to; at += 1) {
    const byte = bytes[at] as number;
    const isLast = at === to - 1;
    let size = isPlain(byte, isLast) ? 1 : 3;
    // One place stays free for the = of a soft line break.
    if (used + size > lineBytesMax - (isLast ? 0 : 1)) {
      out.add(EQUALS, CR, LF);
      used = 0;
    }
    // A dot at the start of a line is SMTP's end mark, and some servers remove it.
    if (used === 0 && byte === DOT) size = 3;
    if (size === 1) out.add(byte);
    else out.add(EQUALS, HEX[byte >> 4] as number, HEX[byte & 15] as number);
    used += size;
  }
}

function isPlain(byte: number, isLast: boolean): boolean {
  if (byte === 0x20 || byte === 0x09) return !isLast;
  return byte > 0x20 && byte < 0x7f && byte !== EQUALS;
}

/** Bytes that grow: a text of megabytes must not be put together letter by letter. */
class Writer {
  #bytes: Uint8Array;
  #length = 0;

  constructor(bytes: number) {
    this.#bytes = new Uint8Array(bytes + (bytes >> 2) + 64);
  }

  add(...bytes: number[]): void {
    if (this.#length + bytes.length > this.#bytes.length) {
      const wider = new Uint8Array(this.#bytes.length * 2);
      wider.set(this.#bytes);
      this.#bytes = wider;
    }
    for (const byte of bytes) {
      this.#bytes[this.#length] = byte;
      this.#length += 1;
    }
  }

  text(): string {
    return new TextDecoder("latin1").decode(this.#bytes.subarray(0, this.#length));
  }
}
