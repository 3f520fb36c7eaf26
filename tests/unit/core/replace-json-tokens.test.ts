import fc from "fast-check";
import { expect, it } from "vitest";
import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { replaceJsonTokens } from "#lib/core/replace-json-tokens.ts";

it("finds every string, key and number of any JSON, and leaves what is not replaced", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.constantFrom(0, 1), (value, indent) => {
      const text = JSON.stringify(value, null, indent);
      expect(replaceJsonTokens(text, {})).toBe(text);
      expect(replaceJsonTokens(text, { string: () => null, number: () => null })).toBe(text);
      const keys: string[] = [];
      const shape = replaceJsonTokens(text, {
        string(token, isKey) {
          if (isKey) keys.push(token);
          return isKey ? null : '"s"';
        },
        number: () => "0",
      });
      const expected = (one: unknown): unknown => {
        if (typeof one === "string") return "s";
        if (typeof one === "number") return 0;
        if (typeof one !== "object" || one === null) return one;
        if (Array.isArray(one)) return one.map(expected);
        return Object.fromEntries(Object.entries(one).map(([key, member]) => [key, expected(member)]));
      };
      const plain = JSON.parse(text) as unknown;
      expect(JSON.parse(shape)).toEqual(expected(plain));
      expect(keys.map((key) => JSON.parse(key) as string).sort()).toEqual(keysIn(plain).sort());
    }),
    { seed: 112, numRuns: 500 },
  );
});

it("reads exact digits beside a text of millions of escapes", () => {
  const text = `{"id":12345678901234567890,"log":"${"\\n".repeat(4_000_000)}"}`;
  const { id, log } = parseExactJson(text) as { id: string; log: string };
  expect([id, log.length]).toEqual(["12345678901234567890", 4_000_000]);
});

function keysIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  const own = Array.isArray(value) ? [] : Object.keys(value);
  return [...own, ...Object.values(value).flatMap(keysIn)];
}
