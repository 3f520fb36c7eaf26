import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { JsonText } from "#lib/core/json-text.ts";
import { createSandbox, type Sandbox } from "#lib/sandbox/create-sandbox.ts";
import { compilePlain } from "#lib/sandbox/plain-expression.ts";
import type { Outcome } from "#lib/sandbox/protocol.ts";

let sandbox: Sandbox;
beforeAll(() => {
  sandbox = createSandbox({ children: 2, plainInPlace: false });
});
afterAll(() => sandbox.close());

const names = ["a", "b", "c", "_jsonata_lambda", "constructor", "__proto__", "odd key"];
const leaf = fc.oneof(
  fc.constantFrom(0, 1, -1, 2.5, 0.1, 1e21, 123456789012345680, "", "x", "1", true, false, null),
  fc.string({ maxLength: 3 }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const { tree } = fc.letrec<{ tree: unknown; object: unknown }>((tie) => ({
  object: fc
    .array(fc.tuple(fc.constantFrom(...names), tie("tree")), { maxLength: 4 })
    .map((pairs) => Object.fromEntries(pairs)),
  tree: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    leaf,
    leaf,
    fc.array(tie("tree"), { maxLength: 4 }),
    tie("object"),
    tie("object"),
  ),
}));
const contexts = fc
  .array(fc.tuple(fc.constantFrom(...names), tree), { minLength: 1, maxLength: 5 })
  .map((pairs) => Object.fromEntries(pairs) as object);

const name = fc.constantFrom("a", "b", "c", "_jsonata_lambda", "constructor", "__proto__", "`odd key`", "zz");
const place = fc.constantFrom("", "", "", "[0]", "[1]", "[-1]", "[1.7]", "[9]");
const step = fc.tuple(name, place).map((parts) => parts.join(""));
const pathStep = fc.oneof(
  { weight: 8, arbitrary: step },
  { weight: 1, arbitrary: step.map((one) => `${one}[]`) },
  { weight: 2, arbitrary: fc.constant("%") },
);
const path = fc
  .tuple(fc.constantFrom("", "", "", "$.", "$$.", "$[0]."), fc.array(pathStep, { minLength: 1, maxLength: 5 }))
  .map(([root, steps]) => root + steps.join("."));
const literal = fc.constantFrom("1", "0", "2.5", '"x"', '""', "true", "false", "null", "$", "$$", "-3", '"1"');
const operator = fc.constantFrom("+", "-", "*", "/", "%", "&", "&", "=", "!=", "<", "<=", ">", ">=", "and", "or", "in");
const texts = fc.constantFrom(
  '"a b"',
  '"  x\\n\\ty "',
  '"\u{1F600}b\u{1F600}"',
  '"b"',
  '""',
  '"12"',
  '"-1.5e3"',
  '"1e999"',
  '"0x1F"',
  '" 1"',
  '"$1"',
  '"a,b,,c"',
  '","',
  "$string(a)",
  "$string(b)",
);
const numbers = fc.constantFrom("0.5", "1.5", "2.5", "-0.5", "-1.5", "2.4999", "1e20", "-0", "0");
const ofOne = [
  "count",
  "sum",
  "exists",
  "uppercase",
  "lowercase",
  "average",
  "max",
  "min",
  "abs",
  "floor",
  "ceil",
  "round",
  "number",
]
  .concat(
    "parseJson",
    "string",
    "boolean",
    "not",
    "type",
    "keys",
    "merge",
    "distinct",
    "reverse",
    "length",
    "trim",
    "join",
  )
  .map((name) => `$${name}`);
const ofTwo = ["lookup", "join", "split", "contains", "substring", "substringBefore", "substringAfter"].map(
  (name) => `$${name}`,
);
const { expression } = fc.letrec<{ expression: string }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    path,
    path,
    literal,
    fc.tuple(tie("expression"), operator, tie("expression")).map((parts) => parts.join(" ")),
    fc.tuple(tie("expression"), place).map(([inner, at]) => `(${inner})${at}`),
    fc
      .tuple(fc.constantFrom('$lookup($, "a")', "$merge([a, b])", "$parseJson($string(a))"), step)
      .map(([start, name]) => `${start}.${name}`),
    tie("expression").map((inner) => `-(${inner})`),
    fc.tuple(fc.constantFrom(...ofOne), tie("expression"), place).map(([name, inner, at]) => `${name}(${inner})${at}`),
    fc
      .tuple(fc.constantFrom(...ofTwo), tie("expression"), tie("expression"), place)
      .map(([name, one, two, at]) => `${name}(${one}, ${two})${at}`),
    fc
      .tuple(fc.constantFrom("$substring", "$replace"), tie("expression"), tie("expression"), tie("expression"))
      .map(([name, one, two, three]) => `${name}(${one}, ${two}, ${three})`),
    fc
      .tuple(texts, fc.constantFrom("-2", "0", "1", "2.5"), fc.constantFrom("", ", 1", ", 2", ", -1", ", 1.5"))
      .map(([text, from, length]) => `$substring(${text}, ${from}${length})`),
    fc.array(tie("expression"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc.tuple(texts, texts, texts).map(([one, two, three]) => `$replace(${one}, ${two}, ${three})`),
    fc
      .tuple(fc.constantFrom("$split", "$contains", "$substringBefore", "$substringAfter", "$join"), texts, texts)
      .map(([name, one, two]) => `${name}(${one}, ${two})`),
    fc
      .tuple(
        fc.constantFrom("$number", "$trim", "$length", "$string", "$round", "$floor", "$ceil", "$abs"),
        fc.oneof(texts, numbers),
      )
      .map(([name, one]) => `${name}(${one})`),
    fc
      .tuple(fc.constantFrom("a", "b", "__proto__", "constructor"), tie("expression"), tie("expression"), place)
      .map(([key, one, two, at]) => `{"${key}": ${one}, "z": ${two}}${at}`),
    fc
      .tuple(tie("expression"), tie("expression"), tie("expression"))
      .map(([test, yes, no]) => `(${test}) ? (${yes}) : (${no})`),
    fc.tuple(tie("expression"), tie("expression")).map(([test, yes]) => `(${test}) ? (${yes})`),
    fc
      .tuple(tie("expression"), fc.constantFrom("??", "?:"), tie("expression"))
      .map(([one, or, other]) => `(${one}) ${or} (${other})`),
  ),
}));

/** The same data with every member still the text it was written in. */
function asText(context: object): object {
  return Object.fromEntries(Object.entries(context).map(([key, value]) => [key, new JsonText(JSON.stringify(value))]));
}

/** Texts keep the form they were written in, so what they stand for is compared. */
function parsed(outcome: Outcome | null | undefined): unknown {
  if (outcome?.kind !== "value") return outcome?.kind;
  return JSON.parse(outcome.json, (_key, member: unknown) => {
    if (typeof member === "number" && !Number.isFinite(member)) return null;
    return Object.is(member, -0) ? 0 : member;
  });
}

it("evaluates plain expressions in place exactly as JSONata does in a child (20,000 random ones)", async () => {
  let plainCount = 0;
  const batch = fc.tuple(contexts, fc.array(expression, { minLength: 20, maxLength: 20 }));
  await fc.assert(
    fc.asyncProperty(batch, async ([context, sources]) => {
      const contextJson = JSON.stringify(context);
      const expressions = sources.map((source, index) => ({ id: String(index), source }));
      const outcomes = await sandbox.evaluate({ expressions, contextJson, now: "2026-01-01T00:00:00.000Z", seed: "s" });
      sources.forEach((source, index) => {
        const plain = compilePlain(source)?.(JSON.parse(contextJson)) ?? null;
        if (plain === null) return;
        plainCount++;
        const child = outcomes[index];
        // A JSON text read from a text keeps its form in place; a child writes a number alone anew.
        if (source.includes("$parseJson"))
          expect({ source, contextJson, value: parsed(plain) }).toEqual({ source, contextJson, value: parsed(child) });
        else expect({ source, contextJson, outcome: plain }).toEqual({ source, contextJson, outcome: child });
        const ofText = compilePlain(source)?.(asText(JSON.parse(contextJson))) ?? null;
        expect({ source, contextJson, outcome: parsed(ofText) }).toEqual({
          source,
          contextJson,
          outcome: parsed(plain),
        });
      });
    }),
    { numRuns: 1_000, seed: 11 },
  );
  expect(plainCount).toBeGreaterThan(9_000);
}, 240_000);

it("leaves everything else to a child", () => {
  for (const source of [
    "$sum(a, a)",
    "$filter(a, $f)",
    "$split(a, /x/)",
    "$round(a, 2)",
    "$sum(?)",
    "a.$sum(b)",
    '{"a": 1, "a": 2}',
    "{a: 1}",
    'b{"k": 1}',
    "a[b=1]",
    "a.{}",
    "[1..2]",
    "a[0][]",
    "$count(a[])",
    "a^(b)",
    "a@$x.b",
    "a#$i",
    "%.a",
    "**.a",
    "a.*",
    "function($x){$x}",
    "$x := 1",
    "a ~> $f",
    "|a|b|",
    "/x/",
    "$x",
    "a.$",
    "a.(b)",
    "(",
  ])
    expect(compilePlain(source)?.({ a: 1 }) ?? null, source).toBeNull();
});

it("does not parse what could make the parser itself run away", () => {
  const startedAt = performance.now();
  expect(compilePlain(Array(200).fill("a").join(" ?: "))).toBeNull();
  expect(compilePlain(Array(200).fill("a").join(" ? b : "))).toBeNull();
  expect(compilePlain("a".repeat(2000))).toBeNull();
  expect(performance.now() - startedAt).toBeLessThan(100);
});
