import fc from "fast-check";
import { expect, test } from "vitest";
import { parseExactJson } from "#lib/bodies/exact-json.ts";
import { losesDigits } from "#lib/core/loses-digits.ts";
import { bodyText, parseBody, parseExactBody } from "#lib/webhooks/body-fields.ts";
import { readFirstValue } from "#lib/webhooks/read-value.ts";

const request = (text: string) => ({
  method: "POST",
  url: "/",
  headers: [["content-type", "application/json"]] as const,
  body: Buffer.from(text),
});

/** The same, as slowly as it can be written. */
function byReviver(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown, context?: { source?: string }) => {
    const source = context?.source;
    if (typeof value !== "number" || source === undefined) return value;
    const isLong = source.replace(/[eE].*|\D/g, "").length > 15;
    return losesDigits(source) || (isLong && String(value) !== source) ? source : value;
  });
}

const digits = fc.stringMatching(/^-?(?:0|[1-9]\d{0,24})(?:\.\d{1,24})?(?:[eE][+-]?\d{1,2})?$/);
const texts = fc.oneof(
  fc.string(),
  digits,
  fc.constantFrom('\\"', ": 12345678901234567,", '"', "\\", "[1234567890123456789]"),
);

test("numbers beyond a double keep their digits wherever they stand, and nothing else changes", () => {
  const leaf = fc.oneof(
    digits,
    texts.map((text) => JSON.stringify(text)),
    fc.constantFrom("true", "null"),
  );
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      leaf,
      fc.array(tie("tree"), { maxLength: 4 }).map((items) => `[${items.join(" , ")}]`),
      fc
        .uniqueArray(fc.tuple(texts, tie("tree")), { maxLength: 4, selector: ([name]) => name })
        .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(",")}}`),
    ),
  }));
  fc.assert(
    fc.property(tree, (text) => {
      expect(parseExactJson(text)).toEqual(byReviver(text));
    }),
    { numRuns: 3_000, seed: 7 },
  );
});

test.each([
  "{12345678901234567:1}",
  "1-2-3-4-5-6-7-8-9",
  "[12345678901234567 890]",
  '"a"12345678901234567',
  "[01234567890123456]",
  "",
])("what is no JSON stays none: %s", (text) => {
  expect(() => parseExactJson(text)).toThrow(SyntaxError);
  expect(parseExactBody(request(text)).kind).toBe("unreadable");
});

test("a name or an id is read in its digits, also inside of lists and in fields that hold JSON", () => {
  const id = "9007199254740993";
  expect(bodyText(request(`{"a":{"id":${id}}}`), "a.id")).toBe(id);
  expect(bodyText(request('{"a":{"id":42}}'), "a.id")).toBe("42");
  const each = [{ from: "each", list: "rows", parts: [{ from: "body", path: "id" }], separator: ":" }] as const;
  expect(readFirstValue(each, request(`{"rows":[{"id":1},{"id":${id}}]}`))).toBe(`1 ${id}`);
  const form = {
    ...request(`payload=${encodeURIComponent(`{"id":${id}}`)}`),
    headers: [["content-type", "application/x-www-form-urlencoded"]] as const,
  };
  expect(readFirstValue([{ from: "body", path: "id" }], form)).toBe(id);
});

test("a body without such numbers is parsed once", () => {
  const one = request('{"id":"12345678901234567890","n":1}');
  expect(readFirstValue([{ from: "body", path: "id" }], one)).toBe("12345678901234567890");
  expect(parseBody(one)).toEqual({ kind: "json", value: { id: "12345678901234567890", n: 1 } });
});
