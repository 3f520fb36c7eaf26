import { existsSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { checkFlow } from "#lib/engine/check-flow.ts";
import { diffFlows } from "#lib/engine/edit/diff-flows.ts";
import { layoutFlow } from "#lib/engine/edit/layout-flow.ts";
import { type NewStepKind, newStep, withFreshIds } from "#lib/engine/edit/new-step.ts";
import { setIn } from "#lib/engine/edit/step-parts.ts";
import { renameStepId } from "#lib/engine/edit/step-references.ts";
import { changeStep, idsWithin } from "#lib/engine/edit/step-tree.ts";
import { childLists, type FlowDefinition, stepSchema, walkSteps } from "#lib/engine/flow-definition.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { type Step, stepKinds } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, done, flowOf, gone, type MemoryRun, memoryRun } from "#tests/support/memory-run.ts";

/** A step of a kind as it is added, its expressions filled with a list and a call in every list inside. */
function sampleOf(kind: string): Step {
  const empty = flowOf([]);
  const wanted = (
    kind === "action" ? { kind, action: "test.call", title: "Sample", blankInput: { expression: "1" } } : { kind }
  ) as NewStepKind;
  let step = newStep(wanted, empty);
  for (const { path, example = "[1, 2]" } of stepKindOf(step).expressions?.(step) ?? [])
    step = setIn(step, path, example);
  for (const [index, { path }] of childLists(step).entries()) step = setIn(step, path, [call(`inside_${index}`)]);
  return { ...step, id: "sample" };
}

const flowWith = (step: Step): FlowDefinition => flowOf([call("before"), step, call("after", "1")]);

/** Works on a run until it ends, letting time pass where it waits and giving answers where it asks for one. */
async function toTheEnd(run: MemoryRun) {
  for (let turn = 0; turn < 30; turn += 1) {
    const ending = await run.run();
    if (ending.kind === "finish") return ending;
    for (const wait of run.waits.values()) wait.answer ??= { choice: "approve" };
    run.draining = false;
    run.pass(Math.max(ending.wakeInMs ?? 0, 1));
  }
  throw new Error("it never ends");
}

const sent = (run: MemoryRun) => run.hits.map(({ stepPath, key, body }) => `${stepPath} ${key} ${body.slice(0, 40)}`);

describe.each(stepKinds.map((kind) => [kind.kind, kind] as const))("the step kind %s", (name, kind) => {
  const step = sampleOf(name);
  const flow = flowWith(step);

  it("describes itself for people and for search", () => {
    expect(kind.title.length).toBeGreaterThan(2);
    expect(kind.icon).toMatch(/^[a-z0-9-]+$/);
    if (kind.choice === null) return;
    expect(kind.choice.does.length).toBeGreaterThan(3);
    expect(kind.choice.synonyms.length).toBeGreaterThanOrEqual(3);
    expect(kind.choice.idBase).toMatch(/^[a-z][a-z_]*$/);
  });

  it("comes through its schema and JSON as it was, and lets nothing unknown pass", () => {
    expect(stepSchema.parse(JSON.parse(JSON.stringify(step)))).toEqual(step);
    expect(stepSchema.safeParse({ ...step, nonsense: 1 }).success).toBe(false);
  });

  it("can be added empty: it is saved, and what is missing is told", () => {
    if (kind.choice === null) return;
    const blank = newStep({ kind: name } as NewStepKind, flowOf([]));
    const { problems } = checkFlow(flowOf([blank]), {
      now: new Date(0),
      getAction: () => null,
      findConnection: () => null,
      findEndpoint: () => null,
    });
    for (const { path } of kind.expressions?.(blank) ?? [])
      expect(problems.map((problem) => problem.path.join("."))).toContain(["steps", 0, ...path].join("."));
  });

  it("is walked with all that is inside, copied with ids of its own, renamed, laid out and compared", () => {
    const inside = childLists(step).flatMap(({ steps }) => steps.map(({ id }) => id));
    expect(idsWithin(step)).toEqual(["sample", ...inside]);
    expect([...walkSteps(flow.steps)].map(({ step: each }) => each.id)).toEqual([
      "before",
      "sample",
      ...inside,
      "after",
    ]);
    const copies = withFreshIds([step], flow).steps;
    const both: FlowDefinition = { ...flow, steps: [...flow.steps, ...copies] };
    const ids = [...walkSteps(both.steps)].map(({ step: each }) => each.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(renameStepId(flow, "sample", "other").flow.steps[1]).toEqual({ ...step, id: "other" });
    expect(layoutFlow(flow).cards.map(({ id }) => id)).toEqual(["trigger", "before", "sample", ...inside, "after"]);
    expect(diffFlows(flow, flow)).toEqual([]);
    expect(
      diffFlows(
        flow,
        changeStep(flow, "sample", (one) => ({ ...one, name: "Other" })),
      ),
    ).toHaveLength(1);
  });

  it("runs to an end that the journal tells, the same each time", async () => {
    const [first, again] = [memoryRun(flow), memoryRun(flow)];
    const ending = await toTheEnd(first);
    expect(ending.status).toBe("succeeded");
    expect(await toTheEnd(again)).toEqual(ending);
    expect(sent(again)).toEqual(sent(first));
    expect(first.step("sample")).toMatchObject({ kind: name, status: "succeeded", finishedAt: expect.any(Date) });
    expect(first.step("after") === undefined).toBe(kind.endsRun === true);
  });

  it("goes on after a crash at any write with the same bytes and keys, and no effect is forgotten", async () => {
    const whole = memoryRun(flow);
    await toTheEnd(whole);
    for (let crashAt = 1; crashAt <= whole.writes.length; crashAt += 1) {
      const run = memoryRun(flow);
      let writes = 0;
      run.crash.beforeWrite = () => {
        writes += 1;
        if (writes === crashAt) throw new Error("the worker is gone");
      };
      await expect(toTheEnd(run)).rejects.toThrow("the worker is gone");
      run.pass(60_000);
      expect((await toTheEnd(run)).status).toBe("succeeded");
      expect(new Set(run.hits.map(({ stepPath, key }) => `${stepPath} ${key}`))).toEqual(
        new Set(whole.hits.map(({ stepPath, key }) => `${stepPath} ${key}`)),
      );
    }
  });

  it("is handed back by a worker that is being stopped, and taken up again without doing anything twice", async () => {
    const run = memoryRun(flow);
    run.crash.afterEffect = () => {
      run.draining = true;
    };
    expect((await toTheEnd(run)).status).toBe("succeeded");
    expect(new Set(sent(run)).size).toBe(run.hits.length);
  });

  it("waits with a step inside that is tried again, and ends with one that fails for good", async () => {
    const path = (await paths(flow)).find((one) => one.startsWith("sample"));
    if (path === undefined) return;
    const retried = memoryRun(flow);
    retried.answers.set(path, [busy, done]);
    expect((await toTheEnd(retried)).status).toBe("succeeded");
    const failed = memoryRun(flow);
    failed.answers.set(path, [gone]);
    expect(await toTheEnd(failed)).toMatchObject({ status: "failed", failedStep: path });
  });

  it("does nothing while it is off", async () => {
    const run = memoryRun(flowWith({ ...step, off: true }));
    expect((await toTheEnd(run)).status).toBe("succeeded");
    expect(run.hits.map(({ stepPath }) => stepPath)).toEqual(["before", "after"]);
    expect(run.step("sample")).toMatchObject({ status: "off" });
  });

  it("is rehearsed without performing anything, its inside too", async () => {
    const kept: string[] = [];
    const rehearse = (one: Step): Promise<object> =>
      stepKindOf(one).rehearse({
        step: one,
        path: one.id,
        scope: { trigger: {}, steps: {}, vars: {}, run: { id: "r", attempt: 1, flow: "f" } },
        keep: ({ card }) => void kept.push(`${one.id}: ${card.line}`),
        evaluate: async () => ({ kind: "value", value: [1, 2] }),
        plan: async () => ({
          planned: { kind: "refused", code: "x", message: "x", input: null },
          card: { line: "planned", problem: null },
          example: null,
        }),
        walk: async (steps) => {
          for (const each of steps) await rehearse(each);
          return {};
        },
      });
    await rehearse(step);
    expect(kept.map((line) => line.split(":")[0])).toEqual(idsWithin(step));
    expect(kept.every((line) => line.length > line.indexOf(":") + 2)).toBe(true);
  });
});

async function paths(flow: FlowDefinition): Promise<string[]> {
  const run = memoryRun(flow);
  await toTheEnd(run);
  return run.hits.map(({ stepPath }) => stepPath);
}

it("every kind has a form of the same name", () => {
  const kinds = readdirSync("lib/engine/steps").filter((file) => !file.includes(".generated."));
  for (const file of kinds)
    expect(existsSync(`components/builder/steps/${file.replace(/\.ts$/, ".tsx")}`), file).toBe(true);
});
