import { describe, expect, it } from "vitest";
import { outlineBody } from "#lib/bodies/outline-body.ts";
import { readFields } from "#lib/bodies/read-fields.ts";
import { wantNothing, wantPath } from "#lib/bodies/wanted-places.ts";
import { kinds, parse } from "#tests/support/parsed-body.ts";

const FORM = "application/x-www-form-urlencoded";
const MULTIPART = "multipart/form-data; boundary=b";
const CYRILLIC = Buffer.from([0xcf, 0xf0, 0xe8]);

const utf16 = (text: string) => Buffer.from(text, "utf16le");
const swapped = (text: string) => utf16(text).swap16();
const utf32 = (text: string, order: "le" | "be") =>
  Buffer.concat(
    [...text].map((char) => {
      const four = Buffer.alloc(4);
      if (order === "le") four.writeUInt32LE(char.codePointAt(0) ?? 0);
      else four.writeUInt32BE(char.codePointAt(0) ?? 0);
      return four;
    }),
  );
const part = (head: string, content: string | Buffer) =>
  Buffer.concat([Buffer.from(`--b\r\n${head}\r\n\r\n`, "latin1"), Buffer.from(content as string), Buffer.from("\r\n")]);
const field = (name: string, content: string | Buffer, more = "") =>
  part(`Content-Disposition: form-data; name="${name}"${more}`, content);
const whole = (...parts: Buffer[]) => Buffer.concat([...parts, Buffer.from("--b--\r\n")]);

describe("wide text without a mark", () => {
  const xml = '<?xml version="1.0" encoding="utf-16"?><a>é日</a>';
  it.each([
    ["application/json", utf16('{"a":"é日"}'), { a: "é日" }, ["other-charset"]],
    ["application/json; charset=utf-8", swapped('{"a":"é日"}'), { a: "é日" }, ["other-charset"]],
    [null, utf16('[{"a":"é"}]'), [{ a: "é" }], ["other-charset"]],
    ["text/plain", swapped('{"a":"é"}'), { a: "é" }, ["read-by-content", "other-charset"]],
    ["application/json", utf32('{"a":"é😀"}', "le"), { a: "é😀" }, ["other-charset"]],
    ["application/json", utf32('{"a":"é😀"}', "be"), { a: "é😀" }, ["other-charset"]],
    ["application/x-ndjson", utf16('{"a":1}\r\n{"a":2}'), [{ a: 1 }, { a: 2 }], ["other-charset"]],
    ["text/xml", utf16(xml), { a: "é日" }, ["other-charset"]],
    ["application/xml", swapped(xml), { a: "é日" }, ["other-charset"]],
    ["text/csv", utf16("id;name\r\n1;Zoë"), "id;name\r\n1;Zoë", ["other-charset"]],
  ])("is told by its bytes: %s", async (type, bytes, value, notes) => {
    const body = await parse(type, bytes);
    expect([body.value, kinds(body)]).toEqual([value, notes]);
  });

  it("is not seen in binary content that has NULs too", async () => {
    const counters = Buffer.from([1, 0, 2, 0, 3, 0, 4, 0]);
    const letters = Buffer.from([0x41, 0, 0x42, 0, 0x07, 0, 0, 0]);
    for (const bytes of [counters, letters])
      expect(await parse("application/octet-stream", bytes)).toMatchObject({ kind: "binary" });
  });

  it("but JSON is seen under any type, whether it is small or large", async () => {
    const wanted = wantNothing();
    wantPath(wanted, "id").scalar = true;
    const json = Buffer.from('{"id":1}');
    for (const type of ["image/png", "application/pdf"]) {
      expect(readFields(type, json)).toEqual({ kind: "json", value: { id: 1 } });
      expect(outlineBody(type, json, wanted).parsed).toEqual({ kind: "json", value: { id: 1 } });
      expect(await parse(type, json)).toMatchObject({ kind: "json", value: { id: 1 }, notes: [{ declared: type }] });
      const drawing = Buffer.from("{\u0000\u0001 drawn");
      expect(readFields(type, drawing)).toEqual({ kind: "unreadable" });
      expect(outlineBody(type, drawing, wanted).parsed).toEqual({ kind: "unreadable" });
      expect(await parse(type, drawing)).toMatchObject({ kind: "binary" });
    }
  });

  it("is the text that names and keys are looked up in", () => {
    expect(readFields("application/json", utf16('{"id":"é"}'))).toEqual({ kind: "json", value: { id: "é" } });
  });
});

describe("a charset that a document and its header say differently", () => {
  const cyrillic = Buffer.concat([
    Buffer.from('<?xml version="1.0" encoding="windows-1251"?><a>'),
    CYRILLIC,
    Buffer.from("</a>"),
  ]);
  const latin = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>\u00e9</a>', "latin1");
  it.each([
    ["text/xml; charset=utf-8", cyrillic, { a: "При" }, ["other-charset"]],
    ["text/xml; charset=utf-8", latin, { a: "é" }, ["other-charset"]],
    ["text/xml; charset=windows-1251", cyrillic, { a: "При" }, []],
    [
      "text/xml; charset=us-ascii",
      Buffer.from('<?xml version="1.0" encoding="utf-8"?><a>é</a>'),
      { a: "é" },
      ["other-charset"],
    ],
    ["text/xml; charset=utf-8", Buffer.from('<?xml version="1.0" encoding="utf-16"?><a>é</a>'), { a: "é" }, []],
  ])("is the one its bytes are in: %s", async (type, bytes, value, notes) => {
    const body = await parse(type, bytes);
    expect([body.value, kinds(body)]).toEqual([value, notes]);
  });
});

describe("multipart fields", () => {
  it.each([
    ["the header", `${MULTIPART}; charset=windows-1251`, whole(field("n", CYRILLIC))],
    ["_charset_", MULTIPART, whole(field("_charset_", "windows-1251"), field("n", CYRILLIC))],
    ["charset", MULTIPART, whole(field("charset", "windows-1251"), field("n", CYRILLIC))],
    [
      "charset before the header",
      `${MULTIPART}; charset=koi8-r`,
      whole(field("charset", "cp1251"), field("n", CYRILLIC)),
    ],
    [
      "their own part",
      `${MULTIPART}; charset=koi8-r`,
      whole(field("n", CYRILLIC, "\r\nContent-Type: text/plain; charset=windows-1251")),
    ],
    [
      "a charset with quotation marks",
      `multipart/form-data; boundary=b; charset='windows-1251'`,
      whole(field("n", CYRILLIC)),
    ],
  ])("are read in the charset of %s", async (_what, type, bytes) => {
    expect(await parse(type, bytes)).toMatchObject({ kind: "multipart", value: { n: "При" }, notes: [] });
    expect(readFields(type, bytes)).toMatchObject({ value: { n: "При" } });
  });

  it.each([
    ["base64", "aMOpbGxv"],
    ["BASE64", "aMOp\r\nbGxv\r\n"],
    ["quoted-printable", "h=C3=A9l=\r\nlo"],
    ["quoted-printable", "h=c3=a9llo"],
    ["8bit", "héllo"],
    ["binary", "héllo"],
    ["7bit", "héllo"],
  ])("are read behind the transfer encoding %s", async (encoding, content) => {
    const bytes = whole(field("n", content, `\r\nContent-Transfer-Encoding: ${encoding}`));
    expect((await parse(MULTIPART, bytes)).value).toEqual({ n: "héllo" });
    expect(readFields(MULTIPART, bytes)).toMatchObject({ value: { n: "héllo" } });
  });

  it.each([
    ["base64", "not base64!"],
    ["base64", "YQ"],
    ["quoted-printable", "1+1=2 and a=b"],
    ["x-own", "aMOpbGxv"],
  ])("stay as they came where they are not in %s", async (encoding, content) => {
    const bytes = whole(field("n", content, `\r\nContent-Transfer-Encoding: ${encoding}`));
    expect((await parse(MULTIPART, bytes)).value).toEqual({ n: content });
  });

  it("and files have the bytes behind a transfer encoding, and names in Latin-1 too", async () => {
    const bytes = whole(field("f", "aGk=", '; filename="\u00e9.txt"\r\nContent-Transfer-Encoding: base64'));
    expect((await parse(MULTIPART, bytes)).value).toMatchObject({ f: { filename: "é.txt", bytes: 2 } });
  });
});

describe("a multipart body with line feeds alone", () => {
  const lines =
    '--b\nContent-Disposition: form-data;\n name="a"\n\nx\r\n--by\n\nz\n' +
    '--b\nContent-Disposition: form-data; name="c"\n\n1\n--b--\n';
  it("is read, its parts as they are", async () => {
    expect((await parse(MULTIPART, lines)).value).toEqual({ a: "x\r\n--by\n\nz", c: "1" });
  });

  it("is none of those that end lines as they should", async () => {
    const bytes = whole(field("a", "x\r\n--b\ny"));
    expect((await parse(MULTIPART, bytes)).value).toEqual({ a: "x\r\n--b\ny" });
  });
});

describe("a form that is nothing but JSON", () => {
  const json = '{"id":9007199254740993,"b":"x=y&z +%41"}';
  it.each([
    ["encoded as its only name", encodeURIComponent(json)],
    ["with the sign of its empty value", `${encodeURIComponent(json)}=`],
    ["as it is, with that sign", `${json}=`],
  ])("is read as it: %s", async (_how, text) => {
    const body = await parse(FORM, text);
    expect(body).toMatchObject({ kind: "json", value: { b: "x=y&z +%41" }, json });
    expect(kinds(body)).toEqual(["read-by-content", "lossy-number"]);
    expect(readFields(FORM, Buffer.from(text))).toMatchObject({ kind: "json", value: { b: "x=y&z +%41" } });
    const wanted = wantNothing();
    wantPath(wanted, "id").scalar = true;
    expect(outlineBody(FORM, Buffer.from(text), wanted).parsed).toEqual({
      kind: "json",
      value: { id: "9007199254740993" },
    });
  });

  it.each([
    ["%7Bnot json%7D", { "{not json}": "" }],
    ["%5Ba%5D=1", { "[a]": "1" }],
    ["%7B%22a%22%3A1%7D&b=2", { '{"a":1}': "", b: "2" }],
    ["%7B%22a%22%3A1%7D=x", { '{"a":1}': "x" }],
    ["[a]=", { "[a]": "" }],
  ])("stays a form where it is more than that: %s", async (text, value) => {
    expect(await parse(FORM, text)).toMatchObject({ kind: "form", value });
  });
});

describe("forms and lines of other kinds", () => {
  it("a form in a charset that writes other characters in ASCII bytes", async () => {
    const escaped = "n=%1B%24BF%7CK%5C%1B%28B&plain=a";
    const value = { n: "日本", plain: "a" };
    expect(await parse(`${FORM}; charset=iso-2022-jp`, escaped)).toMatchObject({ value, notes: [] });
    expect((await parse(FORM, `charset=ISO-2022-JP&${escaped}`)).value).toMatchObject(value);
  });

  it.each([
    ["application/json-seq", '\u001e{"a":1}\n\u001e{"a":\n2}\n'],
    ["application/geo+json-seq", '\u001e{"a":1}\n\u001e{"a":2}\n'],
  ])("a JSON text sequence is a list: %s", async (type, text) => {
    expect(await parse(type, text)).toMatchObject({ kind: "json", value: [{ a: 1 }, { a: 2 }], notes: [] });
  });
});

describe("XML", () => {
  it("has no space but its own that may be left out between children", async () => {
    const nbsp = "<p><b>x</b>\u00a0<i>y</i></p>";
    expect((await parse("text/xml", nbsp)).value).toMatchObject({ p: { b: "x", i: "y", "#text": "\u00a0" } });
    expect((await parse("text/xml", "<p><b>x</b>\r\n\t <i>y</i></p>")).value).toEqual({ p: { b: "x", i: "y" } });
  });

  it("loses nothing where a < stands in an attribute: it is no XML, and says so", async () => {
    const body = await parse("text/xml", '<a k="1 < 2"/>');
    expect(body).toMatchObject({ kind: "text", value: '<a k="1 < 2"/>' });
    expect(body.notes).toMatchObject([{ kind: "parse-error", message: expect.stringMatching(/column 9: disallowed/) }]);
  });
});
