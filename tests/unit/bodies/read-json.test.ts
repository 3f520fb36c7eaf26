import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readBody } from "#lib/bodies/read-body.ts";
import { scanJson } from "#lib/bodies/scan-json.ts";
import { losesDigits } from "#lib/core/loses-digits.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";
import { kinds, parse } from "#tests/support/parsed-body.ts";

describe("JSON bodies", () => {
  it("gives any JSON value back, at once or in a child alike", async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), async (value) => {
        const text = JSON.stringify(value);
        const body = await parse("application/json", text);
        expect(body).toMatchObject({ kind: "json", value: JSON.parse(text) as unknown });
        expect(readBody("application/json", Buffer.from(text))).toEqual(body);
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

  it("flags numbers that lose digits and duplicate keys with their place, keeps the last duplicate", async () => {
    const body = await parse(
      "application/json",
      '{"a":[{"id":12345678901234567890}],"b":1e400,"c":1,"c":2,"odd key":{"x":-0}}',
    );
    expect(body.value).toEqual({ a: [{ id: 12345678901234567000 }], b: null, c: 2, "odd key": { x: -0 } });
    expect(body.notes).toEqual([
      { kind: "lossy-number", path: "a[0].id", text: "12345678901234567890" },
      { kind: "lossy-number", path: "b", text: "1e400" },
      { kind: "duplicate-key", path: "c" },
      { kind: "lossy-number", path: "`odd key`.x", text: "-0" },
    ]);
  });

  it("does not take digits in texts for numbers", () => {
    expect(
      scanJson('{"a":"12345678901234567890","b\\"":"1e400"}', { depthMax: 64, keysMax: 10, findingsMax: 5 }),
    ).toEqual({
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
    ["[".repeat(200), "too-deep"],
    ['{"a":['.repeat(100), "too-deep"],
  ])("takes 64 levels and no more", async (text, expected) => {
    const body = await parse("application/json", text);
    if (expected === "json") expect(body).toMatchObject({ kind: "json", notes: [] });
    else expect(body).toMatchObject({ kind: "text", value: text, notes: [{ kind: "too-deep" }] });
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
      notes: [{ kind: "parse-error", format: "json", line, column: expect.any(Number) }],
    });
    expect(column).toBeGreaterThan(0);
  });

  it.each(["__proto__", "constructor", "prototype", "toString", "hasOwnProperty"])(
    "keeps the key %s as data",
    async (key) => {
      const body = await parse("application/json", `{"${key}":true,"x":{"${key}":1}}`);
      expect(JSON.stringify(body.value)).toBe(`{"${key}":true,"x":{"${key}":1}}`);
    },
  );

  it("keeps NUL and half character pairs", async () => {
    expect((await parse("application/json", '{"a":"\\u0000","b":"\\ud800"}')).value).toEqual({
      a: "\u0000",
      b: "\ud800",
    });
  });
});
