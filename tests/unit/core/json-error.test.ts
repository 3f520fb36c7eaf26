import fc from "fast-check";
import { expect, it } from "vitest";
import { findJsonError } from "#lib/core/json-error.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

it.each([
  ['{"a":1,}', 7],
  ["[1,]", 3],
  ['{"x": }', 6],
  ["{'a':1}", 1],
  ["nope", 0],
  ["[1,NaN]", 3],
  ["[1 2]", 3],
  ['{"a" 1}', 5],
  ['{"a":1 "b":2}', 7],
  ["01", 1],
  ["1.", 1],
  ['"a\nb"', 2],
  ['"a\\x"', 2],
  ['{"a":', 5],
  ['["abc', 5],
  ["", 0],
  ["1 2", 2],
  ["]", 0],
])("finds where %j breaks", (text, offset) => {
  expect(findJsonError(text)?.offset).toBe(offset);
});

it("counts lines and columns from one", () => {
  expect(findJsonError('{\n  "a": 1\n  "b": 2}')).toEqual({ offset: 13, line: 3, column: 3 });
});

it("says that a text is JSON exactly when JSON.parse does (20,000 random ones)", () => {
  const bits = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"a"',
    '"',
    "\\",
    "1",
    "-",
    "0",
    ".",
    "e5",
    "true",
    "null",
    "nul",
    " ",
    "\n",
    "\t",
    "\\u00",
    "\u0001",
    "é",
  );
  const texts = fc.oneof(
    fc.array(bits, { maxLength: 8 }).map((parts) => parts.join("")),
    fc
      .tuple(fc.json(), fc.nat(), bits)
      .map(([json, at, bit]) => json.slice(0, at % (json.length + 1)) + bit + json.slice(at % (json.length + 1))),
    fc.json(),
  );
  fc.assert(
    fc.property(texts, (text) => (findJsonError(text) === null) === parses(text)),
    { numRuns: 20_000, seed: 4 },
  );
});

it("is no slower than the text is long", () => {
  const startedMs = cpuMs();
  for (const text of [
    "[ ".repeat(20_000),
    '{"a":'.repeat(20_000),
    `"${"\\".repeat(200_000)}`,
    `[${"1,".repeat(200_000)}`,
    `"${"x".repeat(500_000)}`,
  ])
    findJsonError(text);
  // A quadratic scan would take minutes.
  expect(cpuMs() - startedMs).toBeLessThan(3_000);
});
