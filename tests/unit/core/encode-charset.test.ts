import { describe, expect, it } from "vitest";
import { charsetOf, markupOf } from "#lib/core/content-type.ts";
import { encodeCharset } from "#lib/core/encode-charset.ts";

const hex = (text: string, charset: string) => {
  const bytes = encodeCharset(text, charset);
  return bytes === null ? null : Buffer.from(bytes).toString("hex");
};

describe("encodeCharset", () => {
  it.each([
    ["Café", "iso-8859-1", "436166e9"],
    ["Café €", "windows-1252", "436166e92080"],
    ["€", "iso-8859-15", "a4"],
    ["Grüße", "latin1", "4772fcdf65"],
    ["Привет", "windows-1251", "cff0e8e2e5f2"],
    ["Привет", "koi8-r", "f0d2c9d7c5d4"],
    ["日本", "shift_jis", "93fa967b"],
    ["日本", "euc-jp", "c6fccbdc"],
    ["中文", "gbk", "d6d0cec4"],
    ["한", "euc-kr", "c7d1"],
    ["é", "utf-8", "c3a9"],
    ["a😀", "utf-16le", "61003dd800de"],
    ["a", "utf-16", "feff0061"],
    ["", "windows-1252", ""],
  ])("writes %j in %s", (text, charset, bytes) => {
    expect(hex(text, charset)).toBe(bytes);
  });

  it.each([
    // A browser reads iso-8859-1 as windows-1252; others read 0x80 as a control character.
    ["€", "iso-8859-1"],
    ["’", "latin1"],
    ["é", "us-ascii"],
    ["日", "windows-1252"],
    ["a", "no-such-set"],
    ["a", "iso-2022-jp"],
  ])("gives null for %j in %s", (text, charset) => {
    expect(hex(text, charset)).toBeNull();
  });

  it("reads back what it wrote, for every character of the one-byte sets", () => {
    for (const charset of ["iso-8859-2", "iso-8859-7", "windows-1250", "windows-1253", "macintosh", "ibm866"]) {
      const all = Array.from({ length: 0x250 }, (_, code) => String.fromCharCode(code)).filter(
        (char) => encodeCharset(char, charset) !== null,
      );
      expect(new TextDecoder(charset).decode(encodeCharset(all.join(""), charset) ?? new Uint8Array()), charset).toBe(
        all.join(""),
      );
      expect(all.length, charset).toBeGreaterThan(128);
    }
  });
});

describe("content types", () => {
  it.each([
    ["text/xml", "xml"],
    ["application/soap+xml; charset=utf-8", "xml"],
    ["Application/XML", "xml"],
    ["image/svg+xml", "xml"],
    ["application/rss+xml", "xml"],
    ["application/xhtml+xml", "xml"],
    ["application/xml-dtd", "xml"],
    ["text/html;charset=x", "html"],
    ["text/plain", null],
    ["application/json", null],
    ["application/vnd.ms-xmlthing", null],
    ["", null],
  ])("%s is %s", (contentType, markup) => {
    expect(markupOf(contentType)).toBe(markup);
  });

  it.each([
    ["text/plain; charset=ISO-8859-1", "iso-8859-1"],
    ['text/plain; format=flowed; Charset="windows-1252"', "windows-1252"],
    ["text/plain", null],
    ["text/plain; charset=", null],
  ])("%s names %s", (contentType, charset) => {
    expect(charsetOf(contentType)).toBe(charset);
  });
});
