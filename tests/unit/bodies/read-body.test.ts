import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { cpuMs } from "#tests/support/cpu-time.ts";
import { kinds, parse } from "#tests/support/parsed-body.ts";

describe("text and its charset", () => {
  it("drops a byte-order mark from the view", async () => {
    expect(await parse("application/json", Buffer.from([0xef, 0xbb, 0xbf, 0x7b, 0x7d]))).toMatchObject({
      kind: "json",
      value: {},
    });
    expect(await parse("application/json", Buffer.from([0xef, 0xbb, 0xbf]))).toMatchObject({
      kind: "empty",
      value: null,
    });
  });

  it.each([
    [
      "application/json; charset=utf-16le",
      Buffer.from('{"a":"é"}', "utf16le"),
      { kind: "json", value: { a: "é" }, notes: [] },
    ],
    ["text/plain; charset=iso-8859-1", Buffer.from("é", "latin1"), { kind: "text", value: "é", notes: [] }],
    ['application/json; charset="UTF-8"', Buffer.from('"é"'), { kind: "json", value: "é", notes: [] }],
    [
      "text/plain; charset=bogus-8",
      Buffer.from("x"),
      { kind: "text", value: "x", notes: [{ kind: "unsupported-charset", charset: "bogus-8" }] },
    ],
    [
      "text/plain",
      Buffer.from([0x61, 0xff]),
      { kind: "text", value: "aÿ", notes: [{ kind: "other-charset", declared: null, used: "windows-1252" }] },
    ],
    [
      "text/html; charset=utf-8",
      Buffer.from("Ren\u00e9 \u0080 ", "latin1"),
      { kind: "text", value: "René € ", notes: [{ kind: "other-charset", declared: "utf-8", used: "windows-1252" }] },
    ],
    [
      "application/json",
      Buffer.concat([Buffer.from('"При '), Buffer.from([0xe9]), Buffer.from('"')]),
      { kind: "json", value: "При é", notes: [{ kind: "other-charset" }] },
    ],
  ])("reads %s", async (contentType, bytes, expected) => {
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
      notes: [{ kind: "lossy-number", path: "payload.id" }],
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
    const body = await parse(
      "application/x-www-form-urlencoded",
      "constructor=1&toString=2&__proto__=1&hasOwnProperty=3",
    );
    expect(JSON.stringify(body.value)).toBe('{"constructor":"1","toString":"2","__proto__":"1","hasOwnProperty":"3"}');
    expect(kinds(body)).toEqual([]);
    const nested = await parse("application/x-www-form-urlencoded", "a=1&__proto__[b]=2");
    expect(JSON.stringify(nested.value)).toBe('{"a":"1"}');
    expect(kinds(nested)).toEqual(["dropped"]);
    expect(({} as Record<string, unknown>)["b"]).toBeUndefined();
  });
});

describe("multipart", () => {
  const part = (headers: string, content: string) => `--b\r\n${headers}\r\n\r\n${content}\r\n`;

  it("gives fields as text and files as metadata", async () => {
    const body =
      part('Content-Disposition: form-data; name="a"', "1") +
      part('Content-Disposition: form-data; name="a"', "2") +
      part('Content-Disposition: form-data; name="__proto__"', "x") +
      part(
        'Content-Disposition: form-data; name="f"; filename="../../etc/pass\u202ewd.txt"\r\nContent-Type: text/plain',
        "hello",
      ) +
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
    const parsed = await Promise.race([
      parse(contentType, body),
      new Promise<null>((resolve) => setTimeout(() => resolve(null), 2_000)),
    ]);
    expect(parsed).not.toBeNull();
  });

  it("stops after ten thousand parts", async () => {
    const body = `${part('Content-Disposition: form-data; name="a"', "1").repeat(10_001)}--b--\r\n`;
    const parsed = await parse("multipart/form-data; boundary=b", body);
    expect(kinds(parsed)).toContain("dropped");
  });
});

describe("XML", () => {
  it("keeps attributes, lists and exact texts", async () => {
    const xml =
      `<?xml version="1.0"?><o id="0012"><!-- c --><item n='1'>0x1F</item><item>1e5</item>` +
      `<t>a &lt; b &amp;amp; &#x20AC;</t><e/><![CDATA[<raw>]]></o>`;
    expect((await parse("application/xml", xml)).value).toMatchObject({
      o: { "@id": "0012", item: [{ "#text": "0x1F", "@n": "1" }, "1e5"], t: "a < b &amp; €", e: "" },
    });
  });

  it.each([
    ["<a><b></a>", "parse-error"],
    ["<a", "parse-error"],
    ["<a>".repeat(65) + "</a>".repeat(65), "too-deep"],
    ["<a>".repeat(70), "too-deep"],
  ])("says what is wrong with %s…", async (xml, problem) => {
    const body = await parse("text/xml", xml);
    expect(body.kind).toBe("text");
    expect(kinds(body)).toEqual([problem]);
  });

  it("expands no entities", async () => {
    const xml = `<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "spelled out">]><x>&a;</x>`;
    const body = await parse("text/xml", xml);
    expect(JSON.stringify(body.value)).not.toContain('"x":"spelled out"');
  });

  it("reads the charset from the declaration", async () => {
    const bytes = Buffer.from('<?xml version="1.0" encoding="ISO-8859-1"?><a>é</a>', "latin1");
    expect((await parse("text/xml", bytes)).value).toEqual({ a: "é" });
  });

  it("keeps odd element names as data", async () => {
    const body = await parse("text/xml", "<constructor><toString>1</toString></constructor>");
    expect(JSON.stringify(body)).toContain("1");
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
        const body = await parse(type, bytes);
        expect(() => JSON.stringify(body)).not.toThrow();
      },
    ),
    { numRuns: 2_000, seed: 9 },
  );
});
