import { describe, expect, it } from "vitest";
import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { readBody } from "#lib/bodies/read-body.ts";
import { kinds, parse } from "#tests/support/parsed-body.ts";

const FORM = "application/x-www-form-urlencoded";

describe("JSON by its content", () => {
  it.each([
    FORM,
    "text/plain",
    "text/html; charset=utf-8",
    "application/xml",
    "multipart/form-data",
    "application/vnd.docker.distribution.events.v1",
    "application/javascript",
  ])("is read under %s, and noted", async (type) => {
    const body = await parse(type, '{"a":1,"b":"x=y&z"}');
    expect(body).toMatchObject({ kind: "json", value: { a: 1, b: "x=y&z" } });
    expect(body.notes).toEqual([
      { kind: "read-by-content", declared: type.replace(/;.*/, ""), format: "json" } satisfies BodyNote,
    ]);
  });

  it.each([
    null,
    "",
    "application/octet-stream",
    "application/json, application/json",
    "application/json charset=utf-8",
    "application/x-amz-json-1.1",
    "application/vnd.docker.distribution.events.v1+json",
    "application/json;;charset=utf-8",
  ])("is no deviation under %j", async (type) => {
    expect(await parse(type, '[{"a":1}]')).toMatchObject({ kind: "json", value: [{ a: 1 }], notes: [] });
  });

  it.each([
    [FORM, "{a}=1&b=2", "form"],
    [FORM, "[a]=1", "form"],
    ["text/plain", "{not json}", "text"],
    ["text/html", "[1, 2", "text"],
    ["image/svg", '{"a":1', "binary"],
  ])("is not seen in what only begins like it (%s %s)", async (type, text, kind) => {
    expect(await parse(type, text)).toMatchObject({ kind, notes: [] });
  });

  it("is read in multipart parts that say so, and in fields documented as JSON", async () => {
    const part = (head: string, content: string) =>
      `--b\r\nContent-Disposition: form-data; ${head}\r\n\r\n${content}\r\n`;
    const body = [
      part('name="payload"\r\nContent-Type: application/json', '{"event":"media.play"}'),
      part('name="meta"\r\nContent-Type: application/json', "[1]"),
      part('name="rawRequest"', '{"q":1}'),
      "--b--",
    ].join("");
    expect((await parse("multipart/form-data; boundary=b", body)).value).toEqual({
      payload: { event: "media.play" },
      meta: [1],
      rawRequest: '{"q":1}',
    });
  });
});

describe("JSON lines", () => {
  it.each([
    ["application/x-ndjson", '{"a":1}\n{"a":2}\n', [{ a: 1 }, { a: 2 }], []],
    ["application/jsonl", '1\r\n"two"\r\n', [1, "two"], []],
    ["application/x-ndjson", '{"a":1}', [{ a: 1 }], []],
    ["application/json", '{"index":{}}\n{"a":2}', [{ index: {} }, { a: 2 }], ["read-by-content"]],
    [null, '{"a":1}\n\n{"a":2}', [{ a: 1 }, { a: 2 }], []],
    ["text/plain", '{"a":1}\n{"a":2}', [{ a: 1 }, { a: 2 }], ["read-by-content"]],
  ])("are a list under %s", async (type, text, value, notes) => {
    const body = await parse(type, text);
    expect([body.kind, body.value, kinds(body)]).toEqual(["json", value, notes]);
  });

  it("keep their digits", () => {
    const lines = Buffer.from('{"id":9007199254740993}\n{"id":1}');
    expect(readBody("application/x-ndjson", lines, { exact: true })).toMatchObject({
      exact: [{ id: "9007199254740993" }, { id: 1 }],
      notes: [{ kind: "lossy-number", path: "[0].id" }],
    });
  });

  it.each([
    ["text/plain", "1\n2"],
    ["text/plain", '{"a":1}\nand {"b":2}'],
    ["application/x-ndjson", '{"a":1}\n{"a":'],
  ])("are not seen in other lines (%s)", async (type, text) => {
    expect(await parse(type, text)).toMatchObject({ kind: "text", value: text });
  });
});

describe("lists in forms", () => {
  const many = (count: number, name: (index: number) => string) =>
    Array.from({ length: count }, (_, index) => `${name(index)}=${index}`).join("&");
  const texts = (count: number) => Array.from({ length: count }, (_, index) => String(index));

  it.each([
    ["repeated names", () => "ids"],
    ["empty brackets", () => "ids[]"],
    ["numbered brackets", (index: number) => `ids[${index}]`],
    ["percent signs", (index: number) => `ids%5B${index}%5D`],
  ])("stay lists of any length: %s", async (_what, name) => {
    for (const count of [2, 100, 101, 1500, 10_000])
      expect((await parse(FORM, many(count, name))).value).toEqual({ ids: texts(count) });
    const over = await parse(FORM, many(10_001, name));
    expect([over.value, kinds(over)]).toEqual([{ ids: texts(10_000) }, ["dropped"]]);
  });

  it.each([
    ["a[]=1", { a: ["1"] }],
    ["a=1&a[b]=2", { a: ["1", { b: "2" }] }],
    ["a[5]=x&a[2]=y", { a: ["y", "x"] }],
    ["a[0]=x&a[]=y", { a: ["x", "y"] }],
    ["price[4711]=9&price[4712]=8", { price: { "4711": "9", "4712": "8" } }],
    [
      "p[][id]=1&p[][n]=a&p[][id]=2&p[][n]=b",
      {
        p: [
          { id: "1", n: "a" },
          { id: "2", n: "b" },
        ],
      },
    ],
    ["p[0][id]=1&p[1][id]=2", { p: [{ id: "1" }, { id: "2" }] }],
    ["a[b=1&a]=2&[c]=3&d[e]f=4", { "a[b": "1", "a]": "2", "[c]": "3", "d[e]f": "4" }],
  ])("and names are what PHP and Rack make of %s", async (text, value) => {
    expect((await parse(FORM, text)).value).toEqual(value);
  });

  it("nest in multipart bodies as they do in others", async () => {
    const names = ["a[]", "a[]", "u[name]", "u[tags][]", "plain"];
    const parts = names.map(
      (name, index) => `--b\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${index}\r\n`,
    );
    const body = `${parts.join("")}--b--`;
    expect((await parse("multipart/form-data; boundary=b", body)).value).toEqual({
      a: ["0", "1"],
      u: { name: "2", tags: ["3"] },
      plain: "4",
    });
  });
});

describe("forms that are not UTF-8", () => {
  const cp1251 = Buffer.from([0xcf, 0xf0, 0xe8]);
  it.each([
    [
      FORM,
      "first_name=Ren%E9&last_name=O%92Neil&charset=windows-1252",
      { first_name: "René", last_name: "O’Neil", charset: "windows-1252" },
    ],
    [`${FORM}; charset=iso-8859-1`, "n=%80%E9", { n: "€é" }],
    [`${FORM}; charset=windows-1251`, "n=%CF%F0%E8", { n: "При" }],
    [FORM, "_charset_=windows-1251&n=%CF%F0%E8", { _charset_: "windows-1251", n: "При" }],
    [`${FORM}; charset=iso-8859-1`, "n=Caf%C3%A9", { n: "Café" }],
    [FORM, "n=Caf%E9", { n: "Café" }],
    [FORM, "charset=blue&n=Caf%C3%A9", { charset: "blue", n: "Café" }],
    [`${FORM}; charset=Shift_JIS`, "n=%83e%83X%83g", { n: "テスト" }],
    [`${FORM}; charset=Latin-9`, "n=%A4", { n: "€" }],
    [`${FORM}; charset=ISO8859_1`, "n=%E9", { n: "é" }],
    [`${FORM}; charset=cp932`, "n=%93%FA%96%7B", { n: "日本" }],
    [FORM, "_charset_=win1251&n=%CF%F0%E8", { _charset_: "win1251", n: "При" }],
    [`${FORM}; charset=utf-32`, "n=Caf%C3%A9", { n: "Café" }],
  ])("%s %s", async (type, text, value) => {
    expect((await parse(type, text)).value).toEqual(value);
  });

  it("are read from raw bytes too", async () => {
    const body = Buffer.concat([Buffer.from("n="), cp1251]);
    expect((await parse(`${FORM}; charset=windows-1251`, body)).value).toEqual({ n: "При" });
  });

  it("are read field by field where a field says which is in what (SendGrid)", async () => {
    const field = (name: string, content: Buffer | string, more = "") =>
      Buffer.concat([
        Buffer.from(`--b\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n`),
        Buffer.from(content as string),
        Buffer.from("\r\n"),
      ]);
    const body = Buffer.concat([
      field("text", cp1251),
      field("html", Buffer.from("Caf\u00e9", "latin1")),
      field("subject", "Zoë"),
      field("own", Buffer.from([0x93, 0xfa]), "\r\nContent-Type: text/plain; charset=shift_jis"),
      field("charsets", '{"subject":"UTF-8","text":"windows-1251","html":"iso-8859-1"}'),
      Buffer.from("--b--"),
    ]);
    const read = await parse("multipart/form-data; boundary=b", body);
    expect(read.value).toMatchObject({ text: "При", html: "Café", subject: "Zoë", own: "日" });
    expect(read.notes).toEqual([]);
  });

  it("and a file is called what filename* says", async () => {
    const body =
      `--b\r\nContent-Disposition: form-data; name="f"; filename="na_ve.txt"; ` +
      `filename*=UTF-8''na%C3%AFve.txt\r\n\r\nx\r\n--b--`;
    expect((await parse("multipart/form-data; boundary=b", body)).value).toMatchObject({
      f: { filename: "naïve.txt" },
    });
  });
});

describe("a charset the bytes disprove", () => {
  const SJIS = Buffer.concat([Buffer.from('{"n":"'), Buffer.from([0x93, 0xfa, 0x96, 0x7b]), Buffer.from('"}')]);
  const utf32 = (text: string) =>
    Buffer.concat(
      [...text].map((char) => {
        const four = Buffer.alloc(4);
        four.writeUInt32LE(char.codePointAt(0) ?? 0);
        return four;
      }),
    );
  it.each([
    ["application/json; charset=ISO-8859-1", Buffer.from('{"n":"Café"}'), { n: "Café" }, ["other-charset"]],
    ["application/json; charset=ISO-8859-1", Buffer.from('{"n":"Caf\u00e9"}', "latin1"), { n: "Café" }, []],
    ["application/json; charset=utf-16", Buffer.from('{"n":"x"}'), { n: "x" }, ["other-charset"]],
    ["application/json; charset=utf-16", Buffer.from('{"n":"é"}', "utf16le"), { n: "é" }, []],
    ["application/json", Buffer.from('\ufeff{"n":"é"}', "utf16le"), { n: "é" }, []],
    ["application/json", utf32('\ufeff{"n":"é😀"}'), { n: "é😀" }, []],
    ["application/json; charset=utf-8", Buffer.from('{"n":"Caf\u00e9"}', "latin1"), { n: "Café" }, ["other-charset"]],
    ["application/xml", Buffer.from('<?xml version="1.0" encoding="utf-16"?><a>é</a>'), { a: "é" }, ["other-charset"]],
    ["application/json; charset=Shift_JIS", Buffer.from('{"n":"日本"}'), { n: "日本" }, ["other-charset"]],
    ["application/json; charset=gbk", Buffer.from('{"n":"Zoë"}'), { n: "Zoë" }, ["other-charset"]],
    ["application/json; charset=big5", Buffer.from('{"n":"Грюсс €"}'), { n: "Грюсс €" }, ["other-charset"]],
    ["application/json; charset=Shift_JIS", SJIS, { n: "日本" }, []],
    ["application/json; charset=cp932", SJIS, { n: "日本" }, []],
    ["text/plain; charset=euc-kr", Buffer.from("日本"), "日本", ["other-charset"]],
    ["text/plain; charset=gb18030", Buffer.from([0xc4, 0xe3, 0xba, 0xc3]), "你好", []],
    ["text/plain; charset=gbk", Buffer.from([0xc3, 0xab]), "毛", []],
    [`${FORM}; charset=Shift_JIS`, Buffer.from("n=%E6%97%A5%E6%9C%AC"), { n: "日本" }, ["other-charset"]],
    ["text/plain; charset=Latin-9", Buffer.from([0xa4]), "€", []],
    ["text/plain; charset=WIN1251", Buffer.from([0xcf, 0xf0, 0xe8]), "При", []],
  ])("%s", async (type, bytes, value, notes) => {
    const body = await parse(type, bytes);
    expect([body.value, kinds(body)]).toEqual([value, notes]);
  });
});

describe("XML as sent", () => {
  const xml = async (text: string) => (await parse("text/xml", text)).value;
  it("keeps CDATA, space and the order of mixed content", async () => {
    const text = "<o><a><![CDATA[&lt;b&gt; &amp; &#65;]]></a><b>  padded </b><c> </c><p>Hi <i>you</i> there</p></o>";
    expect(await xml(text)).toEqual({
      o: {
        a: "&lt;b&gt; &amp; &#65;",
        b: "  padded ",
        c: " ",
        p: { i: "you", "#text": "Hi  there", "#content": ["Hi ", { name: "i", index: 0, text: "you" }, " there"] },
      },
    });
  });

  it("leaves out only space that sets children apart", async () => {
    expect(await xml("<o>\n  <a>1</a>\n  <a>2</a>\n</o>")).toEqual({ o: { a: ["1", "2"] } });
    expect(await xml('<o xml:space="preserve"> <a>1</a></o>')).toEqual({
      o: { "@xml:space": "preserve", a: "1", "#text": " ", "#content": [" ", { name: "a", index: 0, text: "1" }] },
    });
    expect(await xml('<o k="1">  </o>')).toEqual({ o: { "@k": "1", "#text": "  " } });
  });

  it("decodes what stands for characters, once, and leaves the rest", async () => {
    expect(await xml("<a k='&amp;lt;'>&amp;lt; &#x41;&#66; &nbsp; &unknown;</a>")).toEqual({
      a: { "@k": "&lt;", "#text": "&lt; AB &nbsp; &unknown;" },
    });
  });

  it.each(["<a/><b/>", "<a>1</a> text", "text <a/>", "<a b=1/>", '<a b="1" b="2"/>', "<a>&</a>", ""])(
    "is not %j",
    async (text) => {
      const body = await parse("text/xml", text);
      if (text === "") expect(body.kind).toBe("empty");
      else expect([body.kind, body.value, kinds(body)]).toEqual(["text", text, ["parse-error"]]);
    },
  );

  it("does not grow with nesting", async () => {
    const nested = `${"<a>x".repeat(60)}${"</a>".repeat(60)}`;
    expect(JSON.stringify(await xml(nested)).length).toBeLessThan(100 * nested.length);
  });
});
