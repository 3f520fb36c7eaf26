import { describe, expect, it } from "vitest";
import { tableLine, useBadInput } from "#tests/support/bad-input.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import type { RawRequest } from "#tests/support/send-raw.ts";

useTestDatabase();
const hook = useBadInput('{ "body": trigger.body, "type": trigger.headers.`content-type` }', {
  eventType: { from: "body", path: "type" },
  bodyBytesMax: 1_048_576,
});
const typed = (...types: string[]): RawRequest["headers"] => types.map((type) => ["content-type", type]);

describe("I-13: Content-Type", () => {
  it.each([
    ["none at all", [], "json"],
    ["an empty one", typed(""), "json"],
    ["one that is wrong", typed("image/png"), "json"],
    ["one that names a file", typed("../../../etc/passwd"), "json"],
    ["one given twice", typed("application/json", "text/html"), "json"],
    ["one with rubbish behind it", typed("application/json;foo"), "json"],
    ["one in capitals", typed("APPLICATION/JSON"), "json"],
    ["a vendor's JSON", typed("application/vnd.x.v1+json; q=1"), "json"],
    ["8 KB of it", typed(`application/json; ${"a".repeat(8_000)}`), "json"],
    ["a form's for JSON", typed("application/x-www-form-urlencoded"), "json"],
    ["multipart without a boundary", typed("multipart/form-data"), "json"],
    ["XML for JSON", typed("application/xml"), "json"],
  ])("%s only decides how the body is read", async (_what, headers, kind) => {
    const { status, view } = await hook.through({ body: '{"type":"x"}', headers });
    expect([status, view?.kind]).toEqual([202, kind]);
  });
});

describe("I-17: multipart", () => {
  const CRLF = "\r\n";
  const part = (head: string, content = "x") => `--B${CRLF}${head}${CRLF}${CRLF}${content}${CRLF}`;
  const field = (name: string, content?: string) => part(`content-disposition: form-data; name="${name}"`, content);
  const CASES: ReadonlyArray<readonly [name: string, contentType: string, body: string]> = [
    ["no boundary", "multipart/form-data", field("a")],
    ["an empty boundary", "multipart/form-data; boundary=", field("a")],
    ["a boundary of 71 characters", `multipart/form-data; boundary=${"B".repeat(71)}`, field("a")],
    ["a boundary of 10,000 characters", `multipart/form-data; boundary=${"B".repeat(10_000)}`, field("a")],
    ["no end", "multipart/form-data; boundary=B", field("a")],
    ["nothing but an end", "multipart/form-data; boundary=B", `--B--${CRLF}`],
    ["not a part at all", "multipart/form-data; boundary=B", "hello"],
    [
      "parts inside a part",
      "multipart/form-data; boundary=B",
      `${part(
        'content-disposition: form-data; name="a"\r\ncontent-type: multipart/mixed; boundary=C',
        "--C\r\n\r\nx\r\n--C--",
      )}--B--`,
    ],
    ["10,200 parts", "multipart/form-data; boundary=B", `${field("a").repeat(10_200)}--B--`],
    [
      "a header called __proto__",
      "multipart/form-data; boundary=B",
      `${part('__proto__: 1\r\ncontent-disposition: form-data; name="__proto__"')}--B--`,
    ],
    ["names like list places", "multipart/form-data; boundary=B", `${field("a[4294967294]")}${field("a[b][c]")}--B--`],
    [
      "a file name that climbs",
      "multipart/form-data; boundary=B",
      `${part('content-disposition: form-data; name="f"; filename="../../../etc/passwd"')}--B--`,
    ],
    [
      "a file name with NUL",
      "multipart/form-data; boundary=B",
      `${part('content-disposition: form-data; name="f"; filename="a\u0000.png"')}--B--`,
    ],
    [
      "a file name that reads backwards",
      "multipart/form-data; boundary=B",
      `${part('content-disposition: form-data; name="f"; filename="a\u202egnp.exe"')}--B--`,
    ],
    [
      "a part of 2,000 headers",
      "multipart/form-data; boundary=B",
      `${part(`${"x: y\r\n".repeat(2_000)}content-disposition: form-data; name="a"`)}--B--`,
    ],
    [
      "a part header without end",
      "multipart/form-data; boundary=B",
      `--B\r\ncontent-disposition: form-data; name="${"a".repeat(200_000)}`,
    ],
    ["a name of 10,000 characters", "multipart/form-data; boundary=B", `${field("n".repeat(10_000))}--B--`],
  ];

  it("is stored as sent, and read without harm", async () => {
    const lines: string[] = [];
    for (const [name, contentType, body] of CASES) {
      const before = cpuMs();
      const outcome = await hook.through({ body, headers: typed(contentType) });
      expect(cpuMs() - before, name).toBeLessThan(2_000);
      const seen = JSON.stringify((outcome.seen as { body?: unknown }).body ?? outcome.seen);
      lines.push(`${tableLine(name, outcome)} → ${seen.slice(0, 160)}`);
    }
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot("../../fixtures/bad-input/multipart.txt");
  }, 60_000);
});

describe("I-18: forms", () => {
  const form = typed("application/x-www-form-urlencoded");
  it.each([
    ["names nested 50 deep", `a${"[b]".repeat(50)}=1`],
    ["100,000 fields", Array.from({ length: 100_000 }, (_, n) => `a${n}=1`).join("&")],
    ["the same name 100,000 times", Array.from({ length: 100_000 }, () => "a=1").join("&")],
    ["a list place far away", "a[4294967294]=1&a[99999999]=2"],
    ["broken percent signs", "a=%ZZ&b=%&c=%E0%A4%A"],
    ["plus and semicolons", "a=1+2;b=3"],
    ["brackets that do not close", "a[b=1&]c[=2&[=3&[]=4"],
    ["a payload that is no JSON", "payload={oops"],
    ["a payload nested too deep", `payload=${"[".repeat(100)}`],
    ["names of the language", "constructor=1&toString[x]=1&a[valueOf]=1"],
  ])("%s are read within caps", async (_what, body) => {
    const before = cpuMs();
    const { status, view } = await hook.through({ body, headers: form });
    expect([status, view?.kind]).toEqual([202, "form"]);
    expect(cpuMs() - before).toBeLessThan(2_000);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
  });
});

describe("XML", () => {
  const xml = typed("application/xml");
  it.each([
    ["expands no entity", '<!DOCTYPE a [<!ENTITY x "boom">]><a>&x;</a>'],
    ["expands no entity of entities", '<!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><a>&b;</a>'],
    ["calls no address", '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/x.dtd"><a>1</a>'],
  ])("%s", async (_what, body) => {
    const { status, seen } = await hook.through({ body, headers: xml });
    expect(status).toBe(202);
    const text = JSON.stringify((seen as { body: unknown }).body);
    expect(text).not.toContain("boom".concat('"}'));
    expect(text).not.toMatch(/haha/);
  });

  it("guesses no numbers", async () => {
    const { seen } = await hook.through({ body: "<o id='007'><n>1.50</n><b>true</b></o>", headers: xml });
    expect((seen as { body: unknown }).body).toEqual({ o: { "@id": "007", n: "1.50", b: "true" } });
  });

  it("nested too deep, or with too many elements, is text that says so or is read in time", async () => {
    const deep = await hook.through({ body: "<a>".repeat(70) + "</a>".repeat(70), headers: xml });
    expect([deep.view?.kind, deep.view?.problems[0]?.sentence]).toEqual([
      "text",
      expect.stringContaining("nested deeper than 64 levels"),
    ]);
    const before = cpuMs();
    const wide = await hook.through({ body: `<a>${"<b/>".repeat(60_000)}</a>`, headers: xml }, { run: false });
    expect(wide.status).toBe(202);
    expect(cpuMs() - before).toBeLessThan(5_000);
  });
});
