import { describe, expect, test } from "vitest";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, done, flowOf, gone, lost, memoryRun } from "#tests/support/memory-run.ts";

const stopAt = (when: string, outcome: "succeeded" | "failed" | "filtered"): Step => ({
  kind: "branch",
  id: "check",
  name: "Check",
  cases: [
    { id: "enough", name: "Enough", when, steps: [{ kind: "stop", id: "halt", name: "Halt", outcome, reason: "" }] },
  ],
  otherwise: [],
});

const loop = (id: string, items: string, steps: Step[], concurrency = 1): Step => ({
  kind: "forEach",
  id,
  name: id,
  items,
  concurrency,
  onItemError: "stop",
  steps,
});

describe("a stop inside loops ends every loop around it", () => {
  test.each(["succeeded", "failed", "filtered"] as const)("with the outcome %s", async (outcome) => {
    const inner = loop("inner", "[1..3]", [stopAt("item = 2", outcome), call("send", "item")]);
    const run = memoryRun(flowOf([loop("outer", "[1..3]", [inner])]));
    expect(await run.run()).toMatchObject({ kind: "finish", status: outcome });
    expect(run.step("outer")).toMatchObject({
      status: "canceled",
      errorCode: "run-ended",
      errorMessage: "A stop step ended the run at item 0.",
      finishedAt: expect.any(Date),
    });
    expect(run.step("outer/[0]/inner")).toMatchObject({
      status: "canceled",
      errorMessage: "A stop step ended the run at item 1.",
      finishedAt: expect.any(Date),
    });
    expect(run.step("outer/[0]/inner/[1]/check/halt")).toMatchObject({ status: "succeeded" });
    expect(run.hits).toHaveLength(1);
  });

  test("and every item beside it that still waited for its next try", async () => {
    const flow = flowOf([loop("l", "[1..4]", [call("send", "item"), stopAt("item = 4", "succeeded")], 4)]);
    const run = memoryRun(flow);
    run.answers.set("l/[1]/send", [busy]);
    expect(await run.run()).toMatchObject({ kind: "finish", status: "succeeded" });
    expect(run.step("l/[1]/send")).toMatchObject({
      status: "canceled",
      errorCode: "http-503",
      nextAttemptInMs: null,
      finishedAt: expect.any(Date),
    });
  });
});

describe("an item that fails the run ends what waited beside it", () => {
  const two = (waiting: Step) => loop("l", "[1, 2]", [{ ...waiting }], 2);

  test("a step between two tries is tried again when the run is resumed", async () => {
    const run = memoryRun(flowOf([two(call("send", "item"))]));
    run.answers.set("l/[0]/send", [busy, done]);
    run.answers.set("l/[1]/send", [gone, done]);
    expect(await run.run()).toMatchObject({ kind: "finish", status: "failed", failedStep: "l/[1]/send" });
    expect(run.step("l/[0]/send")).toMatchObject({ status: "canceled", errorCode: "http-503" });

    for (const path of ["l", "l/[1]/send"]) resume(run, path);
    run.pass(60_000);
    expect(await run.run()).toMatchObject({ kind: "finish", status: "succeeded" });
    expect(new Set(run.hits.map(({ body }) => body)).size).toBe(2);
    expect(run.step("l/[0]/send")).toMatchObject({ status: "succeeded", finishedAt: expect.any(Date) });
  });

  test("a question comes back with the run: nothing that may have arrived is sent again unasked", async () => {
    const mail: Step = { kind: "action", id: "mail", name: "Mail", action: "test.mail", input: { expression: "item" } };
    const run = memoryRun(flowOf([two(mail)]));
    run.answers.set("l/[0]/mail", [lost, done]);
    run.answers.set("l/[1]/mail", [gone, done]);
    expect(await run.run()).toMatchObject({ kind: "finish", status: "failed" });
    expect(run.step("l/[0]/mail")).toMatchObject({ status: "canceled", errorCode: "connection-lost" });

    for (const path of ["l", "l/[1]/mail"]) resume(run, path);
    expect(await run.run()).toMatchObject({ kind: "release", status: "needs a decision" });
    expect(run.step("l/[0]/mail")).toMatchObject({ status: "needs a decision", finishedAt: null });
    expect(run.hits.filter(({ stepPath }) => stepPath === "l/[0]/mail")).toHaveLength(1);
  });
});

/** What resuming a failed run does to a step. */
function resume(run: ReturnType<typeof memoryRun>, path: string): void {
  const row = run.step(path);
  if (row === undefined) throw new Error(`no step ${path}`);
  Object.assign(row, {
    status: "queued",
    errorCode: null,
    errorMessage: null,
    finishedAt: null,
    nextAttemptInMs: null,
  });
}
