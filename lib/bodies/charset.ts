import { isUtf8 } from "node:buffer";
import type { BodyNote } from "#lib/bodies/body-notes.ts";

/** Text, and what had to be assumed to read it. */
export type DecodedText = { readonly text: string; readonly notes: BodyNote[] };

/**
 * Text of bytes: a byte order mark decides, then the declared charset, else UTF-8. The bytes win over a declaration
 * they disprove: UTF-16 without a single NUL is none, what has a NUL in every other of its first bytes is UTF-16 or
 * UTF-32 (RFC 4627 section 3; XML 1.0 appendix F), valid UTF-8 beyond ASCII is no single-byte charset (RFC 8259
 * section 8.1 for JSON), and what is no UTF-8 is read as windows-1252 byte by byte, as browsers mean by iso-8859-1
 * (WHATWG Encoding). Of charsets with characters of two bytes some valid UTF-8 is text as well: in JSON it is UTF-8,
 * elsewhere where it has a sequence of three bytes, whose beginnings (E0 to EF) are rare characters in all of those
 * charsets.
 */
export function decodeText(bytes: Uint8Array, declared: string | null, isJson = false): DecodedText {
  const mark = markOf(bytes);
  if (mark !== null) return { text: decodeAs(mark, bytes), notes: [] };
  const wide = readWide(bytes, declared);
  if (wide !== null) return wide;
  if (declared === null) return asUtf8(bytes, null);
  const label = nameOf(declared);
  if (label === null) {
    const read = asUtf8(bytes, declared);
    return { text: read.text, notes: [{ kind: "unsupported-charset", charset: declared.slice(0, 60) }] };
  }
  if (label === "utf-8") return asUtf8(bytes, declared);
  if (isWide(label)) {
    const ordered = widthOf(label, bytes);
    return ordered === null ? asUtf8(bytes, declared, true) : strictly(ordered, bytes, declared);
  }
  if (isDisproved(label, bytes, isJson)) return asUtf8(bytes, declared, true);
  return strictly(label, bytes, declared);
}

const utf8 = new TextDecoder("utf-8");

/** Whether a charset by this name can be read. */
export function isKnownCharset(label: string): boolean {
  return nameOf(label) !== null;
}

/** Whether a charset writes other characters in ASCII bytes too, as iso-2022-jp does behind escape sequences. */
export function isSevenBit(label: string | null): boolean {
  return label !== null && nameOf(label) === "iso-2022-jp";
}

/** Text of bytes in a charset that is known and was judged already; what is none in it becomes U+FFFD. */
export function decodeIn(charset: string, bytes: Uint8Array): string {
  return decodeAs(nameOf(charset) ?? "utf-8", bytes);
}

/** Whether bytes are readable text: UTF-8, and at their beginning without the control characters of binary content. */
export function isReadableText(bytes: Uint8Array): boolean {
  if (!isUtf8(bytes)) return false;
  const end = Math.min(bytes.length, LOOKED_AT_BYTES);
  for (let at = 0; at < end; at += 1) {
    const byte = bytes[at] as number;
    if (byte < 0x20 && (byte < 0x09 || byte > 0x0d) && byte !== 0x1e) return false;
  }
  return true;
}

const LOOKED_AT_BYTES = 64 * 1024;

/** UTF-16 or UTF-32 of which neither a mark nor a declaration tells; null when the bytes are no readable text in it. */
function readWide(bytes: Uint8Array, declared: string | null): DecodedText | null {
  const used = wideByNuls(bytes);
  if (used === null || (declared !== null && isWide(nameOf(declared) ?? ""))) return null;
  try {
    const text = decodeAs(used, bytes, true);
    // Binary content has NULs like these too, but then control characters beside them.
    if (/[\u0000-\u0008\u000e-\u001d\u001f]/.test(text.slice(0, LOOKED_AT_BYTES))) return null;
    return { text, notes: [{ kind: "other-charset", declared, used }] };
  } catch {
    return null;
  }
}

/** By the first two characters, which must be ASCII. */
function wideByNuls(bytes: Uint8Array): string | null {
  const [a, b, c, d] = [bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0, bytes[3] ?? 0];
  if (a !== 0 && b !== 0) return null;
  if (isAscii(a) && b === 0 && isAscii(c) && d === 0) return "utf-16le";
  if (a === 0 && isAscii(b) && c === 0 && isAscii(d)) return "utf-16be";
  if (isAscii(a) && b === 0 && c === 0 && d === 0) return "utf-32le";
  return a === 0 && b === 0 && c === 0 && isAscii(d) ? "utf-32be" : null;
}

function isAscii(byte: number): boolean {
  return byte > 0 && byte < 0x80;
}

/** `disproved`: another charset was declared. */
function asUtf8(bytes: Uint8Array, declared: string | null, disproved = false): DecodedText {
  const valid = isUtf8(bytes);
  const note: BodyNote = { kind: "other-charset", declared, used: valid ? "utf-8" : "windows-1252" };
  return { text: valid ? utf8.decode(bytes) : mixedText(bytes), notes: valid && !disproved ? [] : [note] };
}

function strictly(label: string, bytes: Uint8Array, declared: string): DecodedText {
  try {
    return { text: decodeAs(label, bytes, true), notes: [] };
  } catch {
    if (isUtf8BeyondAscii(bytes)) return asUtf8(bytes, declared, true);
    return { text: decodeAs(label, bytes), notes: [{ kind: "lossy-text", charset: label }] };
  }
}

/** What is UTF-8 as UTF-8, and every other byte as windows-1252 has it. */
function mixedText(bytes: Uint8Array): string {
  let text = "";
  let from = 0;
  let at = 0;
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at);
    if (length > 0) {
      at += length;
      continue;
    }
    text += utf8.decode(bytes.subarray(from, at));
    from = at;
    while (at < bytes.length && sequenceLength(bytes, at) === 0) at += 1;
    text += windows1252.decode(bytes.subarray(from, at));
    from = at;
  }
  return text + utf8.decode(bytes.subarray(from));
}

const windows1252 = new TextDecoder("windows-1252");

/** Bytes of the valid UTF-8 sequence that begins here (RFC 3629, section 4); 0 when none does. */
function sequenceLength(bytes: Uint8Array, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  const second = bytes[at + 1] ?? 0;
  const lowest = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const highest = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < lowest || second > highest) return 0;
  if (first < 0xe0) return 2;
  if (!continues(bytes[at + 2])) return 0;
  if (first < 0xf0) return 3;
  return continues(bytes[at + 3]) ? 4 : 0;
}

function continues(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0xbf;
}

function markOf(bytes: Uint8Array): string | null {
  const [a, b, c, d] = [bytes[0], bytes[1], bytes[2], bytes[3]];
  if (a === 0xff && b === 0xfe) return c === 0 && d === 0 ? "utf-32le" : "utf-16le";
  if (a === 0xfe && b === 0xff) return "utf-16be";
  if (a === 0 && b === 0 && c === 0xfe && d === 0xff) return "utf-32be";
  return null;
}

function nameOf(label: string): string | null {
  const name = label
    .trim()
    .replaceAll(/^['"]+|['"]+$/g, "")
    .toLowerCase()
    .replace(/^utf_?(?=8$|16|32)/, "utf-")
    .replace(/^(?:win|windows)[-_]?(?=\d{3,4}$)/, "windows-");
  if (/^utf-32(?:le|be)?$/.test(name)) return name;
  for (const tried of [OTHER_NAMES[name.replaceAll(/[-_]/g, "")] ?? name, name.replaceAll("_", "-")]) {
    try {
      return new TextDecoder(tried).encoding;
    } catch {
      // Not by this name.
    }
  }
  return null;
}

/** Names of Windows, Java and Python that the WHATWG's list lacks, without hyphens. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  cp932: "shift_jis",
  cp936: "gbk",
  cp949: "euc-kr",
  cp950: "big5",
  cp65001: "utf-8",
  cp1200: "utf-16le",
  latin9: "iso-8859-15",
  macroman: "macintosh",
  ms949: "euc-kr",
  ms950: "big5",
  ms936: "gbk",
  sjis: "shift_jis",
  utf8mb3: "utf-8",
  utf8mb4: "utf-8",
};

function isWide(label: string): boolean {
  return label.startsWith("utf-16") || label.startsWith("utf-32");
}

/** The wide charset these bytes are in, in the order their NULs show; null when they read as text of single bytes. */
function widthOf(label: string, bytes: Uint8Array): string | null {
  const first = bytes[0] ?? 0;
  if (!bytes.subarray(0, 1000).includes(0)) {
    const opens = first === 0x3c || first === 0x7b || first === 0x5b;
    return opens || isReadableText(bytes) ? null : withOrder(label);
  }
  if (label.startsWith("utf-32")) return first === 0 ? "utf-32be" : "utf-32le";
  return first === 0 ? "utf-16be" : bytes[1] === 0 ? "utf-16le" : withOrder(label);
}

function withOrder(label: string): string {
  return label === "utf-32" ? "utf-32le" : label;
}

/** Whether bytes are UTF-8 beyond ASCII although another charset is declared that is not UTF-16 or UTF-32. */
function isDisproved(label: string, bytes: Uint8Array, isJson: boolean): boolean {
  if (!isUtf8BeyondAscii(bytes)) return false;
  return isJson || isSingleByte(label) || bytes.some((byte) => byte >= 0xe0);
}

function isSingleByte(label: string): boolean {
  return /^(?:windows-|iso-8859-|koi8-|ibm866|macintosh|x-mac-)/.test(label);
}

function isUtf8BeyondAscii(bytes: Uint8Array): boolean {
  return isUtf8(bytes) && bytes.some((byte) => byte > 0x7f);
}

function decodeAs(label: string, bytes: Uint8Array, fatal = false): string {
  if (!label.startsWith("utf-32")) return new TextDecoder(label, { fatal }).decode(bytes);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let text = "";
  for (let at = 0; at < bytes.length; at += 4) {
    const code = at + 4 <= bytes.length ? view.getUint32(at, label === "utf-32le") : -1;
    const isCharacter = code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
    if (!isCharacter && fatal) throw new RangeError("Not UTF-32.");
    if (at > 0 || code !== 0xfeff) text += isCharacter ? String.fromCodePoint(code) : "\ufffd";
  }
  return text;
}
