import { expect, it } from "vitest";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, flowOf, lost, memoryRun } from "#tests/support/memory-run.ts";

const MINUTE = 60_000;
const limited = (steps: Step[], timeoutSeconds = 600) => ({ ...flowOf(steps), timeoutSeconds });
const pause = (hours: number): Step => ({
  kind: "delay",
  id: "pause",
  name: "Pause",
  amount: String(hours),
  unit: "hours",
});

it("ends a run that waits when its time is up, and every step of it, without another effect", async () => {
  const run = memoryRun(limited([call("first", "1"), pause(5), call("after", "1")]));
  expect(await run.run()).toMatchObject({ kind: "release", status: "waiting", wakeInMs: 10 * MINUTE });
  run.pass(10 * MINUTE);
  expect(await run.run()).toMatchObject({
    kind: "finish",
    status: "failed",
    errorCode: "run-timeout",
    errorMessage: "The run took longer than the 600 seconds its flow gives it.",
    failedStep: null,
  });
  expect(run.hits.map(({ stepPath }) => stepPath)).toEqual(["first"]);
  expect(run.step("pause")).toMatchObject({ status: "canceled" });
});

it("goes on as it would while there is time, and makes no retry after it", async () => {
  const retry = { attempts: 9, firstMs: 4 * MINUTE, factor: 1, maxMs: 4 * MINUTE };
  const run = memoryRun(limited([call("crm", "1", { retry })]));
  run.answers.set("crm", [busy]);
  const waits: (number | null)[] = [];
  for (;;) {
    const ending = await run.run();
    if (ending.kind === "finish") {
      expect(ending).toMatchObject({ status: "failed", errorCode: "run-timeout" });
      break;
    }
    waits.push(ending.wakeInMs);
    run.pass(ending.wakeInMs ?? 0);
  }
  expect(waits).toEqual([4.4 * MINUTE, 4.4 * MINUTE, 1.2 * MINUTE]);
  expect(run.hits).toHaveLength(3);
});

it("wakes a run that waits for a person, and takes no error path: its time is up there too", async () => {
  const mail = {
    ...call("mail", "1"),
    action: "test.mail",
    settings: { onError: "path" },
    errorSteps: [call("tell", "1")],
  } as Step;
  const run = memoryRun(limited([mail]));
  run.answers.set("mail", [lost]);
  expect(await run.run()).toMatchObject({ status: "needs a decision", wakeInMs: 10 * MINUTE });
  run.pass(10 * MINUTE);
  expect(await run.run()).toMatchObject({ status: "failed", errorCode: "run-timeout" });
  expect(run.hits).toHaveLength(1);
});

it("lets an effect that is under way come to its end, and begins none beside or after it", async () => {
  const loop: Step = {
    kind: "forEach",
    id: "each",
    name: "Each",
    items: "[1, 2, 3, 4]",
    concurrency: 2,
    onItemError: "continue",
    steps: [call("send", "item")],
  };
  const run = memoryRun(limited([loop, call("after", "1")]));
  run.crash.afterEffect = () => run.pass(6 * MINUTE);
  expect(await run.run()).toMatchObject({ status: "failed", errorCode: "run-timeout", effectCounts: { http: 2 } });
  expect(run.hits).toHaveLength(2);
  expect(run.step("each")).toMatchObject({ status: "canceled", errorMessage: "The run's time was up." });
});

it("is a whole number of seconds up to a year", () => {
  const read = (timeoutSeconds: unknown) => flowDefinitionSchema.safeParse({ ...flowOf([]), timeoutSeconds }).success;
  expect([read(1), read(31_622_400), read(undefined)]).toEqual([true, true, true]);
  expect([read(0), read(1.5), read(31_622_401), read("60")]).toEqual([false, false, false, false]);
});
