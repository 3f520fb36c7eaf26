import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBody } from "#lib/bodies/read-body.ts";
import { losesDigits } from "#lib/core/loses-digits.ts";

const FORM = "application/x-www-form-urlencoded";

describe("read and written again", () => {
  it("any form has the same fields", () => {
    const name = fc
      .string({ minLength: 1, unit: "grapheme" })
      .filter((text) => !/[[\]]/.test(text) && text !== "__proto__");
    const value = fc.string({ unit: "grapheme" }).filter((text) => !/^\s*[{[]/.test(text));
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(name, value), { selector: ([key]) => key, maxLength: 20 }), (fields) => {
        const body = Buffer.from(new URLSearchParams(fields).toString());
        fc.pre(body.length > 0 && !/^(?:_charset_|charset)$/.test(fields.map(([key]) => key).join()));
        expect(readBody(FORM, body).value).toEqual(Object.fromEntries(fields));
      }),
      { seed: 41, numRuns: 500 },
    );
  });

  it("any JSON has equal values, and exact digits", () => {
    const number = fc.oneof(
      fc.bigInt().map(String),
      fc.tuple(fc.bigInt({ min: 0n }), fc.bigInt({ min: 0n })).map(([whole, part]) => `${whole}.${part}`),
      fc.tuple(fc.integer(), fc.integer({ min: -400, max: 400 })).map(([digits, power]) => `${digits}e${power}`),
    );
    fc.assert(
      fc.property(fc.jsonValue(), number, (value, digits) => {
        const text = `{"n":${digits},"v":${JSON.stringify(value)}}`;
        const { value: read, exact } = readBody("text/plain", Buffer.from(text), { exact: true });
        expect((read as { v: unknown }).v).toEqual(JSON.parse(JSON.stringify(value)));
        const written = (exact as { n: unknown }).n;
        if (losesDigits(digits)) expect(written).toBe(digits);
        else expect(Number(written)).toBe(Number(digits));
      }),
      { seed: 42, numRuns: 500 },
    );
  });

  it("any JSON is the text it was, alone, encoded, in a form, in a part and in UTF-16", () => {
    const read = (type: string | null, body: string | Buffer) => readBody(type, Buffer.from(body as string)).json;
    const part = 'Content-Disposition: form-data; name="p"\r\nContent-Type: application/json';
    const value = fc.oneof(fc.array(fc.jsonValue()), fc.dictionary(fc.string(), fc.jsonValue()));
    fc.assert(
      fc.property(value, fc.bigInt({ min: 10n ** 16n }), (inner, digits) => {
        const text = `{"n":${digits}, "one":1.0,"v":${JSON.stringify(inner)}}`;
        const encoded = encodeURIComponent(text);
        expect(read("text/plain", text)).toBe(text);
        expect(read(FORM, encoded)).toBe(text);
        expect(read(FORM, `x=1&payload=${encoded}`)).toBe(`{"x":"1","payload":${text}}`);
        expect(read("multipart/form-data; boundary=b", `--b\r\n${part}\r\n\r\n${text}\r\n--b--`)).toBe(`{"p":${text}}`);
        expect(read(null, Buffer.from(text, "utf16le"))).toBe(text);
      }),
      { seed: 45, numRuns: 300 },
    );
  });

  it("any text is the text it was", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 0x10ffff }), { minLength: 1, maxLength: 60 }), (codes) => {
        const text = String.fromCodePoint(...codes).toWellFormed();
        fc.pre(!text.startsWith("\ufeff") && !/^\s*[{[]/.test(text));
        expect(readBody("text/plain", Buffer.from(text))).toMatchObject({ kind: "text", value: text, notes: [] });
      }),
      { seed: 43, numRuns: 200 },
    );
  });

  it("any XML text and attribute is the one that was written", () => {
    const text = fc
      .string({ unit: "grapheme" })
      .filter((one) => !/[\u0000-\u001f\u007f-\u009f\ufffe\uffff\ud800-\udfff]/.test(one));
    const escaped = (one: string) =>
      one.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
    fc.assert(
      fc.property(text, text, (content, attribute) => {
        const body = `<r><a k="${escaped(attribute)}">${escaped(content)}</a></r>`;
        const a = { "@k": attribute, ...(content === "" ? {} : { "#text": content }) };
        expect(readBody("application/xml", Buffer.from(body)).value).toEqual({ r: { a } });
      }),
      { seed: 44, numRuns: 500 },
    );
  });
});
