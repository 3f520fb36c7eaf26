import { readFileSync } from "node:fs";
import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { readReferences } from "#lib/engine/references/read-references.ts";
import { readUnsetVariables } from "#lib/engine/references/read-unset-variables.ts";

const read = (source: string) =>
  readReferences(jsonata(source).ast(), source).map(({ root, path }) => [root, ...path].join("."));

describe("what an expression reads from the top", () => {
  it.each([
    ["steps.crm.body.id", ["steps.crm.body.id"]],
    ['steps."crm".body', ["steps.crm.body"]],
    ["steps.`crm`.body", ["steps.crm.body"]],
    ["$$.steps.crm", ["steps.crm"]],
    ["$.steps.crm", ["steps.crm"]],
    ["(steps.crm).body", ["steps.crm"]],
    ["trigger.body.items[$$.steps.crm.id = id]", ["steps.crm.id", "trigger.body.items"]],
    ["steps.crm[0].body", ["steps.crm"]],
    ['{ "a": item, "b": [index..3], "c": -run.attempt }', ["item", "index", "run.attempt"]],
    ["$map(trigger.body.items, function($v) { $v & steps.crm.id })", ["trigger.body.items", "steps.crm.id"]],
    ["trigger.body.x ? steps.a : steps.b", ["trigger.body.x", "steps.a", "steps.b"]],
    ["trigger.body ~> $keys ~> $count", ["trigger.body"]],
    ["$f(?, steps.crm)", ["steps.crm"]],
    ["($x := steps.crm; $x.id)", ["steps.crm"]],
    ["steps.crm.body.a.b.c", ["steps.crm.body.a"]],
    ["*.steps", []],
    ["$x.steps.crm", []],
    ["'steps.crm' & \"steps.nope\" /* steps.more */", []],
    ["$lookup(steps, 'crm')", ["steps", "steps.crm"]],
    ["$lookup($$.steps, 'crm')", ["steps", "steps.crm"]],
    ["$lookup(steps.crm, trigger.body.name)", ["steps.crm", "trigger.body.name"]],
    ["trigger.body.items[steps.crm = 1]", ["trigger.body.items"]],
    ["trigger.body.(steps.crm)", ["trigger.body"]],
    ["trigger.body.{ 'a': steps.crm }", ["trigger.body"]],
    ["trigger.body{ steps.crm: tigger }", ["trigger.body"]],
    ["trigger.body^(steps.crm)", ["trigger.body"]],
    ["trigger ~> |$|{ 'a': steps.crm }|", ["trigger"]],
    ["trigger.body.items@$i.(item)", ["trigger.body.items"]],
    ["/steps.crm/", []],
  ])("%s", (source, expected) => expect(read(source).sort()).toEqual([...expected].sort()));

  it("knows where each stands, and whether the expression asks if it is there", () => {
    const source = '1 + steps."crm" & ($exists(item) ? item : $$.run.x)';
    expect(readReferences(jsonata(source).ast(), source)).toEqual([
      { root: "steps", path: ["crm"], position: source.indexOf('"crm"'), guarded: false },
      { root: "item", path: [], position: source.indexOf("item"), guarded: true },
      { root: "run", path: ["x"], position: source.indexOf("x)"), guarded: false },
    ]);
  });
});

describe("over JSONata's own suite", () => {
  const { cases } = JSON.parse(
    readFileSync(new URL("../../../fixtures/jsonata-suite.json", import.meta.url), "utf8"),
  ) as { cases: { expr: string }[] };
  const legal = [...new Set(cases.map(({ expr }) => expr))].flatMap((expr) => {
    try {
      return [{ expr, ast: jsonata(expr).ast() }];
    } catch {
      return [];
    }
  });

  it("nothing inside of a value is taken for something at the top", () => {
    const wrong: string[] = [];
    let read = 0;
    for (const { expr } of legal) {
      const wrapped = `trigger.body.(${expr}\n)`;
      let ast: unknown;
      try {
        ast = jsonata(wrapped).ast();
      } catch {
        continue;
      }
      read += 1;
      const found = readReferences(ast, wrapped).filter(({ root }) => root !== "trigger");
      if (found.length > 0 && !expr.includes("$$")) wrong.push(`${expr}: ${JSON.stringify(found)}`);
    }
    expect(read).toBeGreaterThan(1_000);
    expect(wrong).toEqual([]);
  });

  it("no variable that an expression sets or JSONata gives is taken for one that is set nowhere", () => {
    const given = new Set(cases.flatMap((one) => ("bindings" in one ? Object.keys(one.bindings as object) : [])));
    const unset = legal.flatMap(({ expr, ast }) => readUnsetVariables(ast, expr).map(({ root }) => root));
    // The suite tries these because nobody sets them.
    const tried = ["$decrypt", "$fdsd", "$foo", "$unknown", "$x"];
    expect([...new Set(unset)].filter((root) => !given.has(root.slice(1))).sort()).toEqual(tried);
  });

  it("every name is one that stands in the expression, at its place", () => {
    for (const { expr, ast } of legal)
      for (const { root, path, position } of readReferences(ast, expr)) {
        const name = path[0] ?? root;
        const there = expr.slice(position).replace(/^["'`]/, "");
        expect([expr, name, there.startsWith(name) || JSON.stringify(name).includes("\\")]).toEqual([expr, name, true]);
      }
  });

  it("every path from the top is looked up there when it is evaluated", async () => {
    const wrong: string[] = [];
    let evaluated = 0;
    for (const { expr, ast } of legal) {
      // Plain paths only: their every step is evaluated, and nothing in them can take long.
      if (!/^[A-Za-z"`][\w."`\s[\]]*$/.test(expr) || / (and|or) /.test(expr)) continue;
      const seen = new Set<PropertyKey>();
      const note = (_target: object, key: PropertyKey) => void seen.add(key);
      const top = new Proxy({}, { get: note, getOwnPropertyDescriptor: note });
      await jsonata(expr).evaluate(top);
      evaluated += 1;
      for (const { root } of readReferences(ast, expr)) if (!seen.has(root)) wrong.push(`${expr}: ${root}`);
    }
    expect(evaluated).toBeGreaterThanOrEqual(60);
    expect(wrong).toEqual([]);
  });
});
