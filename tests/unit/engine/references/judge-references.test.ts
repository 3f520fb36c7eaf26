import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import { FUNCTION_NAMES } from "#lib/engine/references/function-names.ts";
import { judgeReferences } from "#lib/engine/references/judge-references.ts";
import { readReferences } from "#lib/engine/references/read-references.ts";
import { readSlips } from "#lib/engine/references/read-slips.ts";
import { readUnsetVariables } from "#lib/engine/references/read-unset-variables.ts";
import { createEvaluator } from "#lib/sandbox/evaluate-expression.ts";

const see = (id: string, more: object = {}) => ({
  kind: "action",
  id,
  name: id.toUpperCase(),
  action: "transform",
  input: { value: "1" },
  ...more,
});
const flow = flowDefinitionSchema.parse({
  schema: 1,
  trigger: { endpointId: null, eventTypes: [], filter: null },
  runName: "",
  steps: [
    see("first"),
    see("asleep", { off: true }),
    {
      kind: "branch",
      id: "route",
      name: "Route",
      cases: [{ id: "big", name: "Big", when: "true", steps: [see("vip"), see("vip_mail")] }],
      otherwise: [see("normal"), { kind: "stop", id: "halt", name: "Halt", outcome: "succeeded", reason: "" }],
    },
    {
      kind: "forEach",
      id: "orders",
      name: "Orders",
      items: "trigger.body",
      concurrency: 1,
      onItemError: "stop",
      steps: [see("ship"), see("tell")],
    },
    see("last"),
  ],
});
const referencesOf = (source: string) => {
  const ast: unknown = jsonata(source).ast();
  return [...readReferences(ast, source), ...readUnsetVariables(ast, source), ...readSlips(ast, source)];
};
const judge = (stepId: string | null, source: string) =>
  judgeReferences(flow, stepId, referencesOf(source), ["threshold"]).map(
    ({ code, severity, data }) => `${severity} ${code}${typeof data["near"] === "string" ? ` → ${data["near"]}` : ""}`,
  );

describe("what an expression reads that cannot be there", () => {
  it.each([
    ["last", "steps.nope.id", ["error unknown-step"]],
    ["last", "steps.frist.id", ["error unknown-step → first"]],
    ["last", '$lookup(steps, "nope").id', ["error unknown-step"]],
    ["last", 'steps["nope"].id', ["warning bracket-name"]],
    ["last", 'trigger.body.items["id"].price + $sum(trigger.body.items["n"])', Array(2).fill("warning bracket-name")],
    ["last", 'trigger.body.items[name = "id"]', []],
    ["last", "9007199254740993", ["warning long-number"]],
    [
      "last",
      '{ "id": -12345678901234567890.5, "n": 9007199254740992, "t": "9007199254740993" }',
      ["warning long-number"],
    ],
    ["last", "[0.1, 15, 1.50]", []],
    ["first", "steps.last", ["error step-later"]],
    ["first", "steps.first", ["error step-later"]],
    ["vip", "steps.route.case", ["error step-later"]],
    ["ship", "steps.orders.count", ["error step-later"]],
    ["ship", "steps.tell", ["error step-later"]],
    ["last", "steps.ship.body", ["error step-inside-loop"]],
    ["normal", "steps.vip", ["error step-not-together"]],
    ["last", "steps.asleep", ["warning step-off"]],
    ["last", "steps.halt", ["error step-without-output"]],
    ["last", "item.id", ["error outside-loop"]],
    ["orders", "index", ["error outside-loop"]],
    [null, "item", ["error outside-loop"]],
    [null, "steps.first", ["error step-later"]],
    ["last", "tigger.body", ["error unknown-name → trigger"]],
    ["last", "Trigger.body", ["error unknown-name → trigger"]],
    ["ship", "items.id", ["error unknown-name → item"]],
    ["last", "body.email", ["warning unknown-name → trigger.body"]],
    ["last", "email", ["warning unknown-name"]],
    ["last", "$trigger.body.id", ["error unset-variable → trigger"]],
    ["ship", "$item.id", ["error unset-variable → item"]],
    ["last", "trigger.body[id = $wanted]", ["error unset-variable"]],
    ["last", "trigger.body ~> $trm", ["error unset-variable → $trim"]],
    ["last", "$uppercse(trigger.body.a)", ["error unknown-function → $uppercase"]],
    ["last", "trigger.body.items.$frobnicate(?, 1)", ["error unknown-function"]],
    ["last", "$exists($wanted)", ["warning unset-variable"]],
    ["last", "run.nr", ["error unknown-member"]],
    ["last", "trigger.boddy.email", ["error unknown-member → trigger.body"]],
    ["last", "$exists(steps.nope) ? 1 : 2", ["warning unknown-step"]],
  ] as const)("%s reads %s", (stepId, source, expected) => expect(judge(stepId, source)).toEqual(expected));
});

describe("what may be there raises nothing", () => {
  it.each([
    ["last", "steps.first.body & steps.route.case & steps.vip.x & steps.normal.y & steps.orders.items[0].ship"],
    ["tell", "steps.ship.id & steps.first.id & item.id & index"],
    ["vip_mail", "steps.vip & steps.first"],
    [
      "first",
      "trigger.(body & headers & query & method) & trigger.item.index & trigger.exact & trigger.files & trigger.notes",
    ],
    ["first", "run.id & run.attempt & run.flow & vars.threshold & vars"],
    ["first", "vars.threshold.limit & vars.`threshold`"],
    ["first", "$count(trigger.body.items[item = 1].(steps.x & tigger))"],
    ["first", "$lookup(steps, trigger.body.name)"],
    ["first", "$fromMillis(0, undefined, '+01:00')"],
    ["first", "($item := trigger.body; $map($item, function($item, $index) { $item.steps.nope }))"],
    ["first", "steps"],
    ["first", "($f := function($n) { $n <= 1 ? 1 : $n * $f($n - 1) }; $f(3))"],
    ["first", "trigger.body.items@$i#$at.{ 'i': $i.id, 'at': $at } & trigger.body.`$x` & '$y'"],
    ["first", "$map(trigger.body, $uppercase) & $.trigger.body & $$.run.id & $base64urldecode('')"],
    ["first", "{ 'steps': 1 }.steps.nope"],
  ])("%s: %s", (stepId, source) => expect(judge(stepId, source)).toEqual([]));
});

it("tells a variable that the workspace has not, with the one that was meant", () => {
  expect(judge("first", "vars.treshold")).toEqual(["error unknown-variable → vars.threshold"]);
  expect(judge(null, "vars.somethingelse")).toEqual(["error unknown-variable"]);
  expect(judge("first", "$exists(vars.treshold) ? vars.threshold : 1")).toEqual([
    "warning unknown-variable → vars.threshold",
  ]);
});

it("knows every function that can be called, and no other", async () => {
  const evaluator = await createEvaluator();
  const world = { now: "2026-01-01T00:00:00Z", seed: "s" };
  const typeOf = (name: string) => evaluator.evaluate(`$type($${name})`, {}, world, 1000);
  for (const name of FUNCTION_NAMES) expect([name, await typeOf(name)]).toMatchObject([name, { json: '"function"' }]);
  expect(await typeOf("frobnicate")).toEqual({ kind: "nothing" });
});
