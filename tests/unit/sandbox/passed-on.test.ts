import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonText, readWritten, writeJson } from "#lib/core/json-text.ts";
import type { FieldPlace } from "#lib/engine/action.ts";
import { parseTemplate } from "#lib/engine/template/parse-template.ts";
import { renderTemplate } from "#lib/engine/template/render-template.ts";
import { createEvaluator } from "#lib/sandbox/evaluate-expression.ts";
import { compilePlain } from "#lib/sandbox/plain-expression.ts";
import { parseKeepingNumbers, type Reader } from "#lib/sandbox/written-numbers.ts";

/** A JSON text with the text at each of its paths. */
type Sent = { text: string; at: { path: string; text: string }[] };

const space = fc.constantFrom("", "", "", " ", "\n  ", "\t");
const number = fc.constantFrom(
  ...["0", "-0", "1.0", "1.50", "9007199254740993", "-12345678901234567890", "1e400", "1E-7", "2e+3", "19.99"],
  ...["0.30000000000000004", "123456789.123456789", "3.141592653589793238", "100000000000000000000000"],
);
const string = fc.oneof(
  fc.constantFrom('"\\u00e9\\/\\ud83d\\ude00"', '"12345678901234567890, 1"', '"a\\"}]b"', '"\\\\"', '""', '"\\u0000"'),
  fc.string({ unit: "binary", maxLength: 6 }).map((text) => JSON.stringify(text)),
);
const key = fc.oneof(
  fc.constantFrom("a", "id", "10", "2", "odd key", "__proto__", "constructor", "Ünï", "a.b", "$x", 'q"\\', ""),
  fc.string({ unit: "grapheme-ascii", maxLength: 5 }).map((text) => text.replaceAll("`", "'")),
);
const { value } = fc.letrec<{ value: Sent }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, depthSize: "medium" },
    fc.oneof(number, string, fc.constantFrom("true", "false", "null")).map((text) => ({ text, at: [] })),
    fc.tuple(fc.array(fc.tuple(space, tie("value"), space), { maxLength: 4 })).map(([items]) => listOf(items)),
    fc.array(fc.tuple(key, space, tie("value"), space), { maxLength: 4 }).map(objectOf),
    fc.array(fc.tuple(key, space, tie("value"), space), { maxLength: 4 }).map(objectOf),
  ),
}));

function listOf(items: [string, Sent, string][]): Sent {
  const text = `[${items.map(([before, item, after]) => before + item.text + after).join(",")}]`;
  const at = items.flatMap(([, item], index) => [
    { path: `[${index}]`, text: item.text },
    ...(item.text.startsWith("[") ? [] : item.at.map((inner) => ({ ...inner, path: `[${index}]${inner.path}` }))),
  ]);
  return { text, at };
}

function objectOf(members: [string, string, Sent, string][]): Sent {
  const text = members.map(
    ([name, before, member, after]) => `${JSON.stringify(name)}${before}:${member.text}${after}`,
  );
  const last = new Map(members.map(([name, , member]) => [name, member]));
  const at = [...last].flatMap(([name, member]) => [
    { path: `.\`${name}\``, text: member.text },
    ...member.at.map((inner) => ({ ...inner, path: `.\`${name}\`${inner.path}` })),
  ]);
  // A name between backticks cannot be empty.
  return { text: `{${text.join(",")}}`, at: at.filter(({ path }) => !path.includes("``")) };
}

const runs = { numRuns: 400, seed: 70 };

function render(template: string, place: FieldPlace, source: string, sent: string): unknown {
  const outcome = compilePlain(source)?.({ trigger: { body: new JsonText(sent) } }, { rounds: true });
  if (outcome?.kind !== "value") throw new Error(`${source}: ${JSON.stringify(outcome)}`);
  const reading = parseTemplate(template);
  if (reading.kind === "error") throw new Error(reading.message);
  const rendered = renderTemplate(
    reading.segments,
    [{ kind: "value", value: new JsonText(outcome.json) }],
    place,
    true,
  );
  if (rendered.kind !== "rendered") throw new Error(JSON.stringify(rendered));
  return rendered.value;
}

/** JSONata counts a list place per member of a list before it, and gives nothing for a place in an empty list. */
const asWritten = ({ path }: { path: string }) => !/\][^.[]*\./.test(path) && !/\]\[/.test(path);

describe("what a template only passes on", () => {
  it("stands in a JSON body exactly as it was sent: whole, and at every path", () => {
    fc.assert(
      fc.property(value, (sent) => {
        expect(render('{"v": {{ x }}}', "jsonBody", "trigger.body", sent.text)).toBe(`{"v": ${sent.text}}`);
        if (sent.text.startsWith("[")) return;
        for (const { path, text } of sent.at.filter(asWritten)) {
          expect(render("[{{ x }}]", "jsonBody", `trigger.body${path}`, sent.text), path).toBe(`[${text}]`);
          const inList = render("{{ x }}", "value", `{"k": trigger.body${path}, "l": [1]}`, sent.text);
          expect(writeJson(inList)).toBe(`{"k":${text},"l":[1]}`);
        }
      }),
      runs,
    );
  });

  it("has its digits as sent in every text", () => {
    fc.assert(
      fc.property(number, (text) => {
        const sent = `{"n": ${text}}`;
        for (const place of ["text", "html", "subject", "header", "formField", "urlQuery"] as const)
          expect(render("{{ x }}", place, "trigger.body.n", sent)).toBe(text);
        expect(render('"n {{ x }}"', "jsonBody", "trigger.body.n", sent)).toBe(`"n ${text}"`);
        expect(render("http://a.test/{{ x }}?q={{ x }}".slice(0, -10), "url", "trigger.body.n", sent)).toBe(
          `http://a.test/${encodeURIComponent(text)}`,
        );
      }),
      { numRuns: 100, seed: 71 },
    );
  });

  it("is found among lists, parsed texts and the members of other steps' results alike", () => {
    const scope = {
      trigger: {
        body: new JsonText('{"l":[{"id":9007199254740993},{"id":1.0}],"t":"{\\"id\\": 12345678901234567890}"}'),
      },
      steps: { a: { status: 200, body: new JsonText('{ "id": -0 }') } },
      item: new JsonText('{"n":1e400}'),
    };
    const of = (source: string) => compilePlain(source)?.(scope, { rounds: true });
    expect(of("trigger.body.l.id")).toEqual({ kind: "value", json: "[9007199254740993,1.0]" });
    expect(of("trigger.body.l[-1]")).toEqual({ kind: "value", json: '{"id":1.0}' });
    expect(of("$lookup(trigger.body, 'l')[0].id")).toBeUndefined();
    expect(of("$lookup(trigger.body.l[0], 'id')")).toEqual({ kind: "value", json: "9007199254740993" });
    expect(of("$parseJson(trigger.body.t).id")).toEqual({ kind: "value", json: "12345678901234567890" });
    expect(of("steps.a")).toEqual({ kind: "value", json: '{"status":200,"body":{ "id": -0 }}' });
    expect(of("item.n")).toEqual({ kind: "value", json: "1e400" });
    expect(of("trigger.body.none ? 1 : steps.a.body.id")).toEqual({ kind: "value", json: "-0" });
  });
});

describe("a path that keeps lists or goes back to what is around", () => {
  const body =
    '{"one":1.0,"l":[{"id":9007199254740993,"t":"\\u00e9"},{"id":2}],"o":{"10":1,"2":-0,"in":{"x":1e400}},"e":[]}';
  const scope = { trigger: { body: new JsonText(body) }, item: new JsonText('{"n":1.50}') };
  it.each([
    ["trigger.body.one[]", "[1.0]"],
    ["trigger.body.l[]", '[{"id":9007199254740993,"t":"\\u00e9"},{"id":2}]'],
    ["trigger.body.l[].t", '["\\u00e9"]'],
    ["trigger.body.l[0].id[]", "[9007199254740993]"],
    ["trigger.body.e[]", "[]"],
    ["trigger.body.l[0].%.one", "1.0"],
    ["trigger.body.l[0].id.%.t", '"\\u00e9"'],
    ["trigger.body.o.in.%", '{"10":1,"2":-0,"in":{"x":1e400}}'],
    ["trigger.body.o.in.x.%.%.`2`", "-0"],
    ["trigger.body.o.%.one[]", "[1.0]"],
    ["item.n.%", '{"n":1.50}'],
    ['{"a": trigger.body.one[], "b": trigger.body.o.%.one}', '{"a":[1.0],"b":1.0}'],
  ])("gives it as it was sent: %s", (source, json) => {
    expect(compilePlain(source)?.(scope, { rounds: true })).toEqual({ kind: "value", json });
  });

  it("is left to a full expression where several values would each have something around them", () => {
    for (const source of ["trigger.body.l.%.one", "trigger.body.l.id.%", "trigger.body.l[0][0].%.one"])
      expect(compilePlain(source)?.(scope), source).toBeNull();
  });
});

describe("what an expression calculates with", () => {
  const of = (source: string, body: string) =>
    compilePlain(source)?.({ trigger: { body: new JsonText(body) } }, { rounds: true });

  it("is marked where a number lost digits by it, and only there", () => {
    const body = '{"id":9007199254740993,"n":1.50,"t":"9007199254740993 "}';
    expect(of("trigger.body.id + 1", body)).toEqual({
      kind: "value",
      json: "9007199254740992",
      lost: ["9007199254740993"],
    });
    expect(of('"order " & trigger.body.id', body)).toMatchObject({ lost: ["9007199254740993"] });
    expect(of("trigger.body.id = 1", body)).toMatchObject({ json: "false", lost: ["9007199254740993"] });
    expect(of("$string(trigger.body)", body)).toMatchObject({ lost: ["9007199254740993"] });
    for (const source of ["trigger.body.id", "trigger.body.n * 2", "$exists(trigger.body.id)", "trigger.body.t & ''"])
      expect(of(source, body), source).not.toHaveProperty("lost");
  });

  it("has 15 digits once it is calculated", () => {
    expect(of("trigger.body.a * 100", '{"a":19.99}')).toEqual({ kind: "value", json: "1999" });
    expect(of('{"cents": trigger.body.a * 100}', '{"a":19.99}')).toEqual({ kind: "value", json: '{"cents":1999}' });
    expect(of("trigger.body.a", '{"a":0.30000000000000004}')).toEqual({ kind: "value", json: "0.30000000000000004" });
  });

  it("keeps the digits of what even a full expression only passes on", async () => {
    const evaluator = await createEvaluator();
    const reader = { lost: null };
    const context = parseKeepingNumbers(
      '{"l":[{"id":9007199254740993,"q":6,"r":0.30000000000000004},{"id":2,"q":1}],"big":[1e400,1]}',
      reader,
    );
    const world = { now: "2026-01-01T00:00:00Z", seed: "s", reader, rounds: true };
    const run = (source: string) => evaluator.evaluate(source, context, world, 1000);
    expect(await run("l[q > 5]")).toEqual({
      kind: "value",
      json: '{"id":9007199254740993,"q":6,"r":0.30000000000000004}',
    });
    expect(await run("$filter(l, function($i) { $i.id > 2 })")).toMatchObject({ lost: ["9007199254740993"] });
    expect(await run("big")).toEqual({ kind: "value", json: "[1e400,1]" });
    expect(await run("$sum(l.q) * 0.1 * 3")).toEqual({ kind: "value", json: "2.1" });
  });
});

describe("what a full expression only moves", () => {
  const order = `{"id":9007199254740993,"p":0.30000000000000004,"n":2,"text":"{\\"id\\":9007199254740995}",
    "items":[{"id":12345678901234567890,"q":1},{"id":98765432109876543210,"q":6}]}`;
  const run = async (source: string, body = order) => {
    const reader: Reader = { lost: null };
    const evaluator = await createEvaluator();
    const world = { now: "2026-01-01T00:00:00Z", seed: "s", reader, rounds: true };
    return evaluator.evaluate(source, parseKeepingNumbers(body, reader), world, 1000);
  };

  it.each([
    ['items.{"i": id}', '[{"i":12345678901234567890},{"i":98765432109876543210}]'],
    ["items[q > 5].id", "98765432109876543210"],
    ["items^(>q).id", "[98765432109876543210,12345678901234567890]"],
    ["items{$string(q): id}", '{"1":12345678901234567890,"6":98765432109876543210}'],
    ['$map(items, function($i) { {"i": $i.id} })', '[{"i":12345678901234567890},{"i":98765432109876543210}]'],
    ["items ~> $map(function($i) { {'i': $i.id} })", '[{"i":12345678901234567890},{"i":98765432109876543210}]'],
    ["(items ~> $filter(function($i) { $i.q > 5 })).id", "98765432109876543210"],
    ["(items ~> $reverse).id", "[98765432109876543210,12345678901234567890]"],
    ["$append(items.id, 3)", "[12345678901234567890,98765432109876543210,3]"],
    ["$merge([items[0], {'z': 1}])", '{"id":12345678901234567890,"q":1,"z":1}'],
    ["$merge([items[0], {'z': 0.1 + 0.2}])", '{"id":12345678901234567890,"q":1,"z":0.3}'],
    ["items[0] ~> |$|{'z': 1}|", '{"id":12345678901234567890,"q":1,"z":1}'],
    ["($x := id; {'a': $x})", '{"a":9007199254740993}'],
    ["[$parseJson(text)].{'a': id}", '{"a":9007199254740995}'],
    ["items.{'i': id, 'c': q * 19.99}", '[{"i":12345678901234567890,"c":19.99},{"i":98765432109876543210,"c":119.94}]'],
  ])("keeps its digits: %s", async (source, json) => {
    expect(await run(source)).toEqual({ kind: "value", json });
  });

  it.each([
    ["items.(id + 0)", "[12345678901234567000,98765432109876540000]"],
    ["items.{'i': id, 'next': id + 1}", expect.stringContaining('"i":12345678901234567000')],
    ["($x := items[0].id; [$x, $x * 1])", "[12345678901234567000,12345678901234567000]"],
    ["items[id = 98765432109876543210].id", "98765432109876540000"],
    ["$sum(items.id)", "111111111011111110000"],
    ["items ~> $map(function($i) { $i.id }) ~> $sum", "111111111011111110000"],
    ["$reduce(items.id, function($a, $b) { $a + $b })", "111111111011111110000"],
    ["items.id.$string()", '["12345678901234567000","98765432109876540000"]'],
    ["items.('n' & id)", '["n12345678901234567000","n98765432109876540000"]'],
  ])("says what lost digits once it is calculated with: %s", async (source, json) => {
    const lost = ["12345678901234567890", "98765432109876543210"];
    const outcome = await run(source);
    expect(outcome).toMatchObject({ kind: "value", json });
    if (outcome.kind === "value") expect(lost).toEqual(expect.arrayContaining([...(outcome.lost ?? ["nothing"])]));
  });

  it("is left to a full expression where one in place would lose digits", () => {
    const context = { trigger: { body: new JsonText(order) } };
    expect(compilePlain("$merge([trigger.body, {'z': 1}])")?.(context)).toBeNull();
    expect(compilePlain("$merge([trigger.body, {'z': 0.1 + 0.2}])")?.(context)).toBeNull();
    expect(compilePlain("trigger.body.id + 1")?.(context)).toMatchObject({ lost: ["9007199254740993"] });
  });

  it("never gives one number the digits of another that is the same double", async () => {
    const twins = '{"a":[{"id":9007199254740993},{"id":9007199254740992},{"id":0.5},{"id":0.50000000000000000001}]}';
    expect(await run('a.{"i": id}', twins)).toEqual({
      kind: "value",
      json: '[{"i":9007199254740992},{"i":9007199254740992},{"i":0.5},{"i":0.5}]',
      lost: expect.arrayContaining(["9007199254740993", "0.50000000000000000001"]),
    });
    const near = '{"a":[{"id":9007199254740993}]}';
    expect(await run('a.{"i": id, "own": 9007199254740992}', near)).toMatchObject({
      json: '{"i":9007199254740992,"own":9007199254740992}',
      lost: ["9007199254740993"],
    });
    expect(await run('a.{"i": id, "own": $number("9007199254740992")}', near)).toMatchObject({
      json: expect.stringContaining('"own":9007199254740992'),
    });
    expect(await run('items.{"v": 0.1 + 0.2, "p": $$.p}')).toEqual({
      kind: "value",
      json: '[{"v":0.3,"p":0.3},{"v":0.3,"p":0.3}]',
    });
  });
});

it("reads an exact number back as a JSON number with all its digits, and tells where it calculated", async () => {
  const evaluator = await createEvaluator();
  const world = { now: "2026-01-01T00:00:00Z", seed: "x" };
  const root = { trigger: { exact: { id: "9007199254740993", n: "1e400" } } };
  const inPlace = (source: string) => compilePlain(source)?.(root);
  const inChild = (source: string) => evaluator.evaluate(source, root, world, 1_000);
  const exact = { kind: "value", json: "9007199254740993" };
  expect(inPlace("$number(trigger.exact.id)")).toEqual(exact);
  expect(await inChild("$number(trigger.exact.id)")).toEqual(exact);
  expect(inPlace('{"id": $number(trigger.exact.id)}')).toEqual({ kind: "value", json: '{"id":9007199254740993}' });
  const calculated = { kind: "value", json: "9007199254740994", lost: ["9007199254740993"] };
  expect(await inChild("$number(trigger.exact.id) + 2")).toEqual(calculated);
  expect(await inChild("$number('0.5')")).toEqual({ kind: "value", json: "0.5" });
  expect(await inChild("$number(trigger.exact.n)")).toMatchObject({ kind: "error" });
});

it("reads and writes mixed values without loss", () => {
  const mixed = { a: new JsonText('{"x":1.0}'), b: [new JsonText("1e400"), undefined], c: undefined };
  expect(writeJson(mixed)).toBe('{"a":{"x":1.0},"b":[1e400,null]}');
  expect(readWritten({ a: new JsonText('{"x":1.0}'), b: [new JsonText("1e400")] })).toEqual({ a: { x: 1 }, b: [null] });
});
