import { expect, it } from "vitest";
import { JsonText, readWritten } from "#lib/core/json-text.ts";
import { withExact } from "#lib/engine/exact-answers.ts";
import type { Scope } from "#lib/engine/run-ports.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import type { PlanPorts } from "#lib/preview/plan-step.ts";
import { rehearseFlow } from "#lib/preview/rehearse-flow.ts";
import { flowOf, memoryRun, value } from "#tests/support/memory-run.ts";

it("gives the body where no number loses digits, and what is there where one does", () => {
  expect(withExact({ status: 200, body: { id: 1 } })).toEqual({ status: 200, body: { id: 1 }, exact: { id: 1 } });
  expect(withExact({ status: 200, body: 1, exact: "12345678901234567890" })).toHaveProperty(
    "exact",
    "12345678901234567890",
  );
  expect(readWritten(withExact(new JsonText('{"status":200,"body":{"id":1.0}}')))).toMatchObject({ exact: { id: 1 } });
  expect(withExact("text")).toBe("text");
});

it("is there for steps of a flow that names it, and kept nowhere", async () => {
  const run = memoryRun(flowOf([value("a", '{"body": {"id": 5}}'), value("b", "steps.a.exact.id")]));
  expect((await run.run()).kind).toBe("finish");
  expect(run.output("a")).toEqual({ body: { id: 5 } });
  expect(run.output("b")).toBe(5);
});

it("is there for every item of loops, in each other too", async () => {
  const loop = (id: string, items: string, steps: Step[]): Step => ({
    kind: "forEach",
    id,
    name: id,
    items,
    concurrency: 1,
    onItemError: "stop",
    steps,
  });
  const inner = loop("inner", "[1, 2]", [value("a", '{"body": {"id": item}}')]);
  const run = memoryRun(
    flowOf([
      loop("outer", "[3, 4]", [inner, value("b", '{"body": item}')]),
      value("c", '{"a": steps.outer.items.inner.items.a.exact.id, "b": steps.outer.items.b.exact}'),
    ]),
  );
  expect((await run.run()).kind).toBe("finish");
  expect(run.output("c")).toEqual({ a: [1, 2, 1, 2], b: [3, 4] });
  expect(run.output("outer")).not.toHaveProperty("items.0.b.exact");
});

it("is there after a branch too, and with the example answers of a rehearsal", async () => {
  const steps = [
    {
      kind: "branch" as const,
      id: "way",
      name: "way",
      cases: [{ id: "yes", name: "Yes", when: "true", steps: [value("inner", '{"body": {"id": 7}}')] }],
      otherwise: [],
    },
    value("after", "steps.inner.exact.id"),
  ];
  const run = memoryRun(flowOf(steps));
  expect((await run.run()).kind).toBe("finish");
  expect(run.output("after")).toBe(7);

  const call: Step = {
    kind: "action",
    id: "call",
    name: "call",
    action: "http.request",
    input: { url: "https://a.dev" },
  };
  const read: Step = {
    kind: "action",
    id: "read",
    name: "read",
    action: "transform",
    input: { value: "steps.call.exact.id" },
  };
  const seen: Scope[] = [];
  const ports: PlanPorts = {
    publicHost: "hookline.test",
    findConnection: async () => null,
    async evaluate(expressions, scope) {
      seen.push(scope);
      return expressions.map(() => ({ kind: "nothing" }));
    },
  };
  await rehearseFlow(flowOf([call, read]), "f", { trigger: {}, vars: {} }, ports, new Date(0), null);
  expect(seen.at(-1)?.steps["call"]).toMatchObject({ body: { id: "ord_81" }, exact: { id: "ord_81" } });
});
