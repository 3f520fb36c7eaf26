import fc from "fast-check";
import { expect, test } from "vitest";
import { readFormPairs } from "#lib/bodies/form-pairs.ts";
import { listFields } from "#lib/bodies/list-fields.ts";
import { outlineBody } from "#lib/bodies/outline-body.ts";
import { outlineJson } from "#lib/bodies/outline-json.ts";
import { wantNothing, wantPath } from "#lib/bodies/wanted-places.ts";
import { joinPath } from "#lib/core/body-path.ts";
import { parseExactBody, valueAt } from "#lib/webhooks/body-fields.ts";
import { cpuMs } from "#tests/support/cpu-time.ts";

const SEED = 20_261_123;
const JSON_TYPE = "application/json";
const JSON_HEADERS = [["content-type", JSON_TYPE]] as const;

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** JSON as senders write it, and the same with something cut out, put in or written twice. */
const almostJson = fc
  .tuple(
    fc.jsonValue({ maxDepth: 4 }),
    fc.constantFrom(undefined, 1, "\t"),
    fc.array(
      fc.tuple(
        fc.nat(400),
        fc.constantFrom("", ",", "}", "[", '"', "\\", "0", "-", ".", "e", "é", "\u2028", "\u0001", " ", "nul", "\\u12"),
      ),
    ),
  )
  .map(([value, space, edits]) => {
    let text = JSON.stringify(value, null, space);
    for (const [at, put] of edits.slice(0, 2))
      text = text.slice(0, at % (text.length + 1)) + put + text.slice((at % (text.length + 1)) + (at % 2));
    return text;
  });

test("what is JSON is the same as for JSON.parse", () => {
  fc.assert(
    fc.property(almostJson, (text) => {
      expect(outlineJson(Buffer.from(text), wantNothing(), 64) !== null).toBe(isJson(text));
    }),
    { seed: SEED, numRuns: 5_000 },
  );
  const odd = [
    "01",
    "-",
    "1.",
    ".5",
    "1e",
    "1e+",
    "-0",
    "1E-2",
    '"\t"',
    '"\\x"',
    '"\\u00zz"',
    "[1,]",
    '{"a":1,}',
    "{,}",
    "nulL",
    "tru",
    "",
    " ",
    "1 2",
    '"\ud800"',
    "[",
    '{"a"}',
  ];
  for (const text of odd)
    expect([text, outlineJson(Buffer.from(text), wantNothing(), 64) !== null]).toEqual([text, isJson(text)]);
});

test("a wanted place holds what parsing the whole body finds there, the last of repeated names included", () => {
  const name = fc.constantFrom("a", "b", "0", "1", "length", "__proto__", "é", 'q"\\');
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom("1", '"x"', "null", "true", "12345678901234567890", "-0", "1e400", '"\\u00e9"', "{}", "[]"),
      tie("list"),
      tie("object"),
    ),
    list: fc.array(tie("any"), { maxLength: 3 }).map((items) => `[${items.join(" ,")}]`),
    object: fc
      .array(fc.tuple(name, tie("any")), { maxLength: 4 })
      .map((members) => `{${members.map(([key, of]) => `${JSON.stringify(key)}: ${String(of)}`).join(",")}}`),
  })).any as fc.Arbitrary<string>;
  fc.assert(
    fc.property(
      value,
      fc.array(fc.array(name, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 }),
      (text, paths) => {
        const request = { headers: JSON_HEADERS, body: Buffer.from(`\ufeff${text}`) };
        const wanted = wantNothing();
        for (const path of paths) wantPath(wanted, joinPath(path)).whole = true;
        const { parsed } = outlineBody(JSON_TYPE, request.body, wanted);
        const whole = parseExactBody(request);
        expect(parsed.kind).toBe(whole.kind);
        if (parsed.kind === "unreadable" || whole.kind === "unreadable") return;
        for (const path of paths)
          expect(valueAt(parsed.value, joinPath(path))).toEqual(valueAt(whole.value, joinPath(path)));
      },
    ),
    { seed: SEED, numRuns: 3_000 },
  );
});

test("nesting is read as deep as in small bodies and no deeper", () => {
  const nested = (depth: number) => ({
    headers: JSON_HEADERS,
    body: Buffer.from(`${"[".repeat(depth)}${"]".repeat(depth)}`),
  });
  for (const depth of [64, 65, 200_000])
    expect(outlineBody(JSON_TYPE, nested(depth).body, wantNothing()).parsed.kind).toBe(
      parseExactBody(nested(depth)).kind,
    );
});

test("form fields are read as URLSearchParams reads them", () => {
  const piece = fc.constantFrom(
    "a",
    "b",
    "&",
    "=",
    "+",
    "%",
    "%4",
    "%41",
    "%e2%82%ac",
    "%e2",
    "%ff",
    "%EF%BB%BF",
    "?",
    "ü",
    "&&",
    "a=1&",
    "%00",
    "%zz",
    "[",
    "\ufeff",
    "%26",
    "%3D",
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const body = Buffer.from(pieces.join(""));
      const all = [...new URLSearchParams(new TextDecoder().decode(body))];
      fc.pre(!all.flat().some((text) => text.includes("\ufffd")));
      const type = "application/x-www-form-urlencoded";
      expect(listFields(type, body)?.map(({ name, text }) => [name, text])).toEqual(all);
      const some = listFields(type, body, { names: new Set(["a", "bb"]) })?.map(({ name, text }) => [name, text]);
      expect(some).toEqual(all.filter(([name]) => name === "a" || name === "bb"));
    }),
    { seed: SEED, numRuns: 3_000 },
  );
});

test("megabytes made to be slow take a processor a moment, whatever they are", () => {
  const wanted = wantNothing();
  wanted.ranges = true;
  wantPath(wanted, "a").scalar = true;
  const fill = (unit: string, before = "[", after = "1]") =>
    Buffer.from(`${before}${unit.repeat(6_000_000 / unit.length)}${after}`);
  const slow = [
    fill("1,"),
    fill("[],"),
    fill('"",'),
    fill('"\\u0061":1,', "{", '"":1}'),
    fill(" "),
    fill("["),
    fill("a", '["', '"]'),
    fill("1"),
  ];
  const before = cpuMs();
  for (const body of slow) outlineJson(body, wanted, 64);
  readFormPairs(fill("%61b=&", "", ""), new Set(["mandrill_events"]));
  // Some 1.5 s; what is quadratic takes minutes.
  expect(cpuMs() - before).toBeLessThan(8_000);
}, 60_000);
