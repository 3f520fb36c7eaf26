import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { losesDigits, scanJson } from "#lib/sandbox/json-scan.ts";
import { type ParsedBody, parseBody, parseBodyInPlace } from "#lib/sandbox/parse-body.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";

const parse = (contentType: string | null, body: string | Uint8Array): Promise<ParsedBody> =>
  parseBody(contentType, typeof body === "string" ? Buffer.from(body) : body);
const kinds = (body: ParsedBody) => body.problems.map((problem) => problem.kind);

describe("JSON bodies", () => {
  it("gives any JSON value back, at once or in a child alike", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const text = JSON.stringify(value);
        const body = await parse("application/json", text);
        expect(body).toMatchObject({ kind: "json", value: JSON.parse(text) as unknown });
        expect(parseBodyInPlace("application/json", Buffer.from(text))).toEqual(body);
      }),
      { numRuns: 500, seed: 3 },
    );
  });

  it.each([
    ["9007199254740993", true],
    ["9007199254740991", false],
    ["12345678901234567890", true],
    ["0.1", false],
    ["1.10", false],
    ["0.1000000000000000055511151231257827", true],
    ["1e400", true],
    ["1e-400", true],
    ["-0", true],
    ["1E2", false],
    ["100000000000000000000", false],
    ["1e22", false],
    ["123456789012345.6", false],
    ["5e-324", false],
    ["0.000", false],
    ["9".repeat(10_000), true],
  ])("knows whether %s survives", (written, lossy) => {
    expect(losesDigits(written)).toBe(lossy);
  });

  it("flags numbers that lose digits and duplicate keys, with their place, and keeps the last of duplicates", async () => {
    const body = await parse("application/json", '{"a":[{"id":12345678901234567890}],"b":1e400,"c":1,"c":2,"odd key":{"x":-0}}');
    expect(body.value).toEqual({ a: [{ id: 12345678901234567000 }], b: null, c: 2, "odd key": { x: -0 } });
    expect(body.problems).toEqual([
      { kind: "lossy-number", path: "a[0].id", text: "12345678901234567890" },
      { kind: "lossy-number", path: "b", text: "1e400" },
      { kind: "duplicate-key", path: "c" },
      { kind: "lossy-number", path: "`odd key`.x", text: "-0" },
    ]);
  });

  it("does not take digits in texts for numbers", () => {
    expect(scanJson('{"a":"12345678901234567890","b\\"":"1e400"}', { depthMax: 64, keysMax: 10, findingsMax: 5 })).toEqual({
      kind: "scanned",
      findings: [],
      overflows: false,
    });
  });

  it.each([
    ["[".repeat(64) + "]".repeat(64), "json"],
    ["[".repeat(65) + "]".repeat(65), "too-deep"],
    [`${'{"a":'.repeat(64)}1${"}".repeat(64)}`, "json"],
    [`${'{"a":'.repeat(65)}1${"}".repeat(65)}`, "too-deep"],
    ["[".repeat(100_000), "too-deep"],
    ['{"a":['.repeat(5_000), "too-deep"],
  ])("takes 64 levels and no more", async (text, expected) => {
    const body = await parse("application/json", text);
    if (expected === "json") expect(body).toMatchObject({ kind: "json", problems: [] });
    else expect(body).toMatchObject({ kind: "text", value: text, problems: [{ kind: "too-deep" }] });
  });

  it("refuses more keys than it can take quickly", async () => {
    const keys = (count: number) => `{${Array.from({ length: count }, (_, index) => `"k${index}":0`).join(",")}}`;
    expect((await parse("application/json", keys(1_000))).kind).toBe("json");
    const text = keys(100_000);
    const startedMs = cpuMs();
    expect(kinds(await parse("application/json", text))).toEqual(["too-many-keys"]);
    expect(cpuMs() - startedMs).toBeLessThan(200);
  });

  it.each([
    ['{"a":1,}', 1, 8],
    ['{\n  "a": 1\n  "b": 2}', 3, 3],
    ['{"a":', 1, 6],
    ["nope", 1, 1],
    ["{'a':1}", 1, 2],
    ["[1,NaN]", 1, 4],
  ])("says where %j is broken and keeps it as text", async (text, line, column) => {
    expect(await parse("application/json", text)).toMatchObject({
      kind: "text",
      value: text,
      problems: [{ kind: "parse-error", format: "json", line, column: expect.any(Number) }],
    });
    expect(column).toBeGreaterThan(0);
  });

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])("keeps the key %s as data", async (key) => {
    const body = await parse("application/json", `{"${key}":{"polluted":true},"x":{"${key}":1}}`);
    expect(JSON.stringify(body.value)).toBe(`{"${key}":{"polluted":true},"x":{"${key}":1}}`);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });

  it("keeps NUL and half character pairs", async () => {
    expect((await parse("application/json", '{"a":"\\u0000","b":"\\ud800"}')).value).toEqual({ a: "\u0000", b: "\ud800" });
  });
});

describe("text and its charset", () => {
  it("drops a byte-order mark from the view", async () => {
    expect(await parse("application/json", Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toMatchObject({ kind: "json", value: {} });
    expect(await parse("application/json", Buffer.from([0xef, 0xbb, 0xbf]))).toMatchObject({ kind: "empty", value: null });
  });

  it.each([
    ["application/json; charset=utf-16le", Buffer.from('{"a":"é"}', "utf16le"), { kind: "json", value: { a: "é" }, problems: [] }],
    ["text/plain; charset=iso-8859-1", Buffer.from("é", "latin1"), { kind: "text", value: "é", problems: [] }],
    ['application/json; charset="UTF-8"', Buffer.from('"é"'), { kind: "json", value: "é", problems: [] }],
    [
      "text/plain; charset=bogus-8",
      Buffer.from("x"),
      { kind: "text", value: "x", problems: [{ kind: "unsupported-charset", charset: "bogus-8" }] },
    ],
    ["text/plain", Buffer.from([0x61, 0xff]), { kind: "binary" }],
    ["text/html", Buffer.from([0x61, 0xff]), { kind: "text", value: "a\ufffd", problems: [{ kind: "lossy-text", charset: "utf-8" }] }],
    ["application/json", Buffer.from([0x22, 0xc0, 0xaf, 0x22]), { kind: "json", problems: [{ kind: "lossy-text", charset: "utf-8" }] }],
  ])("reads %s", async (contentType, bytes, expected) => {
    if (contentType === "text/plain" && bytes[1] === 0xff) {
      // A type that says "text" is believed; what does not decode is marked.
      return expect(await parse(contentType, bytes)).toMatchObject({ kind: "text", value: "a\ufffd", problems: [{ kind: "lossy-text" }] });
    }
    expect(await parse(contentType, bytes)).toMatchObject(expected);
  });
});

describe("what a body is", () => {
  it.each([
    [null, "", "empty"],
    ["application/json", "", "empty"],
    ["application/json", " \n", "empty"],
    ["application/json", "null", "json"],
    ["application/json", '""', "json"],
    ["application/json", "0", "json"],
    ["application/problem+json", "[]", "json"],
    ["application/json;foo", "{}", "json"],
    ["APPLICATION/JSON", "{}", "json"],
    [null, '{"a":1}', "json"],
    [null, "hello", "text"],
    [null, "{hello", "text"],
    ["text/plain; charset=UTF-8", '{"Type":"Notification"}', "json"],
    ["text/plain", "{not json}", "text"],
    ["application/octet-stream", "\u0000\u0001", "binary"],
    ["image/png", "abc", "binary"],
    ["application/x-www-form-urlencoded", "a=1", "form"],
    ["text/xml", "<a/>", "xml"],
    ["application/soap+xml", "<a/>", "xml"],
    ["multipart/form-data", "x", "text"],
    ["x".repeat(100_000), "hi", "text"],
  ])("%s with %j is %s", async (contentType, body, kind) => {
    expect((await parse(contentType, body)).kind).toBe(kind);
  });
});

describe("forms", () => {
  it("nests, repeats, and parses a payload field that holds JSON", async () => {
    const text = "a=1&b[c]=2&b[d][]=3&b[d][]=4&e=x&e=y&f=%E2%82%AC+z&payload=%7B%22id%22%3A12345678901234567890%7D";
    expect(await parse("application/x-www-form-urlencoded", text)).toMatchObject({
      kind: "form",
      value: { a: "1", b: { c: "2", d: ["3", "4"] }, e: ["x", "y"], f: "€ z", payload: { id: 12345678901234567000 } },
      problems: [{ kind: "lossy-number", path: "id" }],
    });
  });

  it.each([
    [`a${"[b]".repeat(1_000)}=1`, "form"],
    [Array.from({ length: 100_000 }, (_, index) => `k${index}=1`).join("&"), "form"],
    ["a=%ZZ&b=%", "form"],
    ["a;b=1", "form"],
    ["=&&=", "form"],
    ["a[4294967294]=1", "form"],
  ])("caps and never throws", async (text, kind) => {
    const startedMs = cpuMs();
    expect((await parse("application/x-www-form-urlencoded", text)).kind).toBe(kind);
    expect(cpuMs() - startedMs).toBeLessThan(500);
  });

  it("keeps odd names as data and says what it dropped", async () => {
    const body = await parse("application/x-www-form-urlencoded", "constructor=1&toString=2&__proto__[polluted]=1&hasOwnProperty=3");
    expect(JSON.stringify(body.value)).toBe('{"constructor":"1","toString":"2","hasOwnProperty":"3"}');
    expect(kinds(body)).toEqual(["dropped"]);
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("multipart", () => {
  const part = (headers: string, content: string) => `--b\r\n${headers}\r\n\r\n${content}\r\n`;

  it("gives fields as text and files as metadata", async () => {
    const body =
      part('Content-Disposition: form-data; name="a"', "1") +
      part('Content-Disposition: form-data; name="a"', "2") +
      part('Content-Disposition: form-data; name="__proto__"', "x") +
      part('Content-Disposition: form-data; name="f"; filename="../../etc/pass\u202ewd.txt"\r\nContent-Type: text/plain', "hello") +
      "--b--\r\n";
    const parsed = await parse("multipart/form-data; boundary=b", body);
    expect(parsed.kind).toBe("multipart");
    const value = parsed.value as Record<string, unknown>;
    expect(value["a"]).toEqual(["1", "2"]);
    expect(Object.hasOwn(value, "__proto__")).toBe(true);
    expect(value["f"]).toMatchObject({
      contentType: "text/plain",
      bytes: 5,
      sha256: "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824",
    });
  });

  it.each([
    ["multipart/form-data", "no boundary"],
    ["multipart/form-data; boundary=b", '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\ncut'],
    ["multipart/form-data; boundary=b", "not multipart at all"],
    [`multipart/form-data; boundary=${"b".repeat(200)}`, "x"],
    ["multipart/mixed; boundary=b", `${part("Content-Type: text/plain", "x")}--b--`],
  ])("settles on broken input (%s)", async (contentType, body) => {
    const parsed = await Promise.race([parse(contentType, body), new Promise<null>((resolve) => setTimeout(() => resolve(null), 2_000))]);
    expect(parsed).not.toBeNull();
  });

  it("stops at ten thousand parts", async () => {
    const body = `${part('Content-Disposition: form-data; name="a"', "1").repeat(10_000)}--b--\r\n`;
    const parsed = await parse("multipart/form-data; boundary=b", body);
    expect(kinds(parsed)).toContain("dropped");
  });
});

describe("XML", () => {
  it("keeps attributes, lists and exact texts", async () => {
    const xml = `<?xml version="1.0"?><o id="0012"><!-- c --><item n='1'>0x1F</item><item>1e5</item><t>a &lt; b &amp;amp; &#x20AC;</t><e/><![CDATA[<raw>]]></o>`;
    expect((await parse("application/xml", xml)).value).toMatchObject({
      o: { "@id": "0012", item: [{ "#text": "0x1F", "@n": "1" }, "1e5"], t: "a < b &amp; €", e: "" },
    });
  });

  it.each([
    ["<a><b></a>", "parse-error"],
    ["<a", "parse-error"],
    ["<a>".repeat(65) + "</a>".repeat(65), "too-deep"],
    ["<a>".repeat(50_000), "too-deep"],
  ])("says what is wrong with %s…", async (xml, problem) => {
    const body = await parse("text/xml", xml);
    expect(body.kind).toBe("text");
    expect(kinds(body)).toEqual([problem]);
  });

  it("expands no entities", async () => {
    const bomb = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]><x>&b;&c;</x>`;
    const text = JSON.stringify(await parse("text/xml", bomb));
    expect(text).not.toContain("haha");
    expect(text).not.toContain("root:");
  });

  it("reads the charset from the declaration", async () => {
    const bytes = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', "latin1");
    expect((await parse("text/xml", bytes)).value).toEqual({ a: "é" });
  });

  it("keeps odd element names as data", async () => {
    const body = await parse("text/xml", "<constructor><toString>1</toString></constructor>");
    expect(JSON.stringify(body)).toContain("1");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
    await parse("text/xml", "<__proto__><polluted>1</polluted></__proto__>");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

it("never throws, whatever the bytes and the type (2,000 random ones)", async () => {
  const types = fc.constantFrom(
    null,
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "text/xml",
    "text/plain",
    "application/octet-stream",
    "text/html; charset=utf-16",
    ";;;",
    "multipart/",
  );
  await fc.assert(
    fc.asyncProperty(
      types,
      fc.oneof(
        fc.uint8Array({ maxLength: 200 }),
        fc.string().map((text) => Buffer.from(text)),
        fc.json().map((text) => Buffer.from(text)),
      ),
      async (type, bytes) => {
        const body = await parseBody(type, bytes);
        expect(() => JSON.stringify(body)).not.toThrow();
      },
    ),
    { numRuns: 2_000, seed: 9 },
  );
});
