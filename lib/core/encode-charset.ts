/** Writes one character of a text; null where the character set has none for it. */
export type CharsetEncoder = (char: string) => readonly number[] | null;

/**
 * The encoder of a character set by any of its usual names; null for one that cannot be written here (unknown, or with
 * switches between states as ISO-2022-JP). The sets are those of the WHATWG Encoding Standard, but for one thing:
 * "iso-8859-…" and "us-ascii" mean themselves and not the Windows sets that browsers read them as, so that every reader
 * understands what is written.
 */
export function charsetEncoder(charset: string): CharsetEncoder | null {
  const name = charset.toLowerCase();
  const known = encoders.get(name);
  if (known !== undefined) return known;
  const made = makeEncoder(name);
  if (encoders.size < ENCODERS_MAX) encoders.set(name, made);
  return made;
}

/**
 * A text's bytes in a character set; null when the set is unknown or has not every character. UTF-16 begins with a
 * byte order mark unless the name says which order it has.
 */
export function encodeCharset(text: string, charset: string): Uint8Array | null {
  const encoder = charsetEncoder(charset);
  if (encoder === null) return null;
  const bytes: number[] = charset.toLowerCase() === "utf-16" ? [0xfe, 0xff] : [];
  for (const char of text) {
    const encoded = encoder(char);
    if (encoded === null) return null;
    bytes.push(...encoded);
  }
  return Uint8Array.from(bytes);
}

const ENCODERS_MAX = 50;
const encoders = new Map<string, CharsetEncoder | null>();
/** Sets whose meaning of a byte depends on the bytes before it. */
const STATEFUL: ReadonlySet<string> = new Set(["iso-2022-jp", "replacement", "x-user-defined"]);

function makeEncoder(name: string): CharsetEncoder | null {
  let decoder: TextDecoder;
  try {
    decoder = new TextDecoder(name, { fatal: true, ignoreBOM: true });
  } catch {
    return null;
  }
  switch (decoder.encoding) {
    case "utf-8":
      return (char) => [...new TextEncoder().encode(char)];
    case "utf-16le":
      return name === "utf-16le" ? (char) => utf16(char, false) : (char) => utf16(char, true);
    case "utf-16be":
      return (char) => utf16(char, true);
  }
  if (STATEFUL.has(decoder.encoding)) return null;
  const table = tableOf(decoder, name);
  return (char) => table.get(char) ?? null;
}

function utf16(char: string, bigEndian: boolean): number[] {
  return char.split("").flatMap((unit) => {
    const code = unit.charCodeAt(0);
    return bigEndian ? [code >> 8, code & 0xff] : [code & 0xff, code >> 8];
  });
}

/** The decoder turned around: every one- and two-byte sequence it reads as one character. */
function tableOf(decoder: TextDecoder, name: string): Map<string, readonly number[]> {
  const table = new Map<string, readonly number[]>();
  const isAscii = /^(us-)?ascii$|^ansi_x3|^iso646|^iso-ir-6$/.test(name);
  const isIso = /^iso|^latin|^l\d$|^(csiso)?latin/.test(name);
  const lastLow = isAscii ? 0x80 : 0x100;
  for (let byte = 0; byte < lastLow; byte += 1) {
    if (isIso && byte >= 0x80 && byte <= 0x9f) continue;
    keep(table, decoder, [byte]);
  }
  const isMultiByte = !isAscii && read(decoder, [0xe9]) === null && read(decoder, [0xe4]) === null;
  if (!isMultiByte) return table;
  for (let lead = 0x81; lead <= 0xfe; lead += 1)
    for (let trail = 0x40; trail <= 0xfe; trail += 1) keep(table, decoder, [lead, trail]);
  return table;
}

function keep(table: Map<string, readonly number[]>, decoder: TextDecoder, bytes: readonly number[]): void {
  const char = read(decoder, bytes);
  if (char !== null && [...char].length === 1 && !table.has(char)) table.set(char, bytes);
}

function read(decoder: TextDecoder, bytes: readonly number[]): string | null {
  try {
    return decoder.decode(Uint8Array.from(bytes));
  } catch {
    return null;
  }
}
