import { expect, it } from "vitest";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, done, flowOf, gone, lost, type MemoryRun, memoryRun, value } from "#tests/support/memory-run.ts";

/** A call whose failure is told by a call "tell", which reads it. */
const guarded = (errorSteps: Step[] = [call("tell", "error")], more: Partial<Step> = {}): Step =>
  ({ ...call("crm"), settings: { onError: "path" }, errorSteps, ...more }) as Step;

const places = (run: MemoryRun) => run.hits.map(({ stepPath }) => stepPath);

/** Works on a run until it ends, letting time pass where it waits. */
async function toTheEnd(run: MemoryRun) {
  for (let turn = 0; turn < 40; turn += 1) {
    const ending = await run.run();
    if (ending.kind === "finish") return ending;
    run.draining = false;
    run.pass(Math.max(ending.wakeInMs ?? 0, 1));
  }
  throw new Error("it never ends");
}

it("walks the error path of a step that failed, shows it the failure, and goes on after the step", async () => {
  const after = call("after", '{ "failed": steps.crm.error.code, "told": steps.tell.status }');
  const run = memoryRun(flowOf([guarded(), after]));
  run.answers.set("crm", [gone]);
  const ending = await run.run();
  expect(ending).toMatchObject({ kind: "finish", status: "succeeded", errorCode: null, failedStep: null });
  expect(places(run)).toEqual(["crm", "crm/on-error/tell", "after"]);
  expect(run.hits[1]?.body).toContain(
    JSON.stringify(
      JSON.stringify({
        step: "crm",
        code: "http-404",
        message: "The target answered 404.",
        status: 404,
        attempts: 1,
      }),
    ).slice(1, -1),
  );
  expect(run.hits[2]?.body).toContain('\\"failed\\":\\"http-404\\",\\"told\\":200');
  expect(run.step("crm")).toMatchObject({ status: "failed", errorCode: "http-404", attempts: 1 });
});

it("takes no error path where the step does what it should, and has no status where nothing answered", async () => {
  const fine = memoryRun(flowOf([guarded()]));
  await fine.run();
  expect(places(fine)).toEqual(["crm"]);
  const refused = memoryRun(
    flowOf([
      guarded([call("tell", '{ "s": $exists(error.status), "a": error.attempts }')], {
        input: { expression: "trigger.none" },
      }),
    ]),
  );
  expect(await refused.run()).toMatchObject({ status: "succeeded" });
  expect(refused.hits[0]?.body).toContain('\\"s\\":false,\\"a\\":0');
});

it("fails the run with the step of the error path that failed, and a person goes on from there", async () => {
  const run = memoryRun(flowOf([guarded(), call("after", "1")]));
  run.answers.set("crm", [gone]);
  run.answers.set("crm/on-error/tell", [gone]);
  expect(await run.run()).toMatchObject({ status: "failed", failedStep: "crm/on-error/tell" });
  // What resuming does: the failed step alone is queued again.
  const failed = run.saved.get("crm/on-error/tell");
  if (failed === undefined) throw new Error("it was not kept");
  failed.row.status = "queued";
  run.answers.set("crm/on-error/tell", [done]);
  expect(await run.run()).toMatchObject({ status: "succeeded" });
  expect(places(run)).toEqual(["crm", "crm/on-error/tell", "crm/on-error/tell", "after"]);
});

it("ends the run at a stop step of the error path, as that says", async () => {
  const stop: Step = { kind: "stop", id: "enough", name: "Enough", outcome: "failed", reason: "No CRM, no order." };
  const run = memoryRun(flowOf([guarded([stop]), call("after", "1")]));
  run.answers.set("crm", [gone]);
  expect(await run.run()).toMatchObject({ status: "failed", errorMessage: "No CRM, no order." });
  expect(places(run)).toEqual(["crm"]);
});

it("retries in the error path, waits in it, and asks a person in it", async () => {
  const wait: Step = { kind: "delay", id: "pause", name: "Pause", amount: "2", unit: "minutes" };
  const run = memoryRun(flowOf([guarded([wait, call("tell", "error.code")]), call("after", "1")]));
  run.answers.set("crm", [busy, gone]);
  run.answers.set("crm/on-error/tell", [busy, done]);
  expect(await toTheEnd(run)).toMatchObject({ status: "succeeded" });
  expect(places(run)).toEqual(["crm", "crm", "crm/on-error/tell", "crm/on-error/tell", "after"]);
  const [first, second] = run.hits.filter(({ stepPath }) => stepPath.endsWith("tell"));
  expect(first?.key).toBe(second?.key);
  expect(first?.body).toBe(second?.body);

  const mail = { ...call("tell", "error.code"), action: "test.mail" } as Step;
  const asked = memoryRun(flowOf([guarded([mail])]));
  asked.answers.set("crm", [gone]);
  asked.answers.set("crm/on-error/tell", [lost]);
  expect(await asked.run()).toMatchObject({ kind: "release", status: "needs a decision" });
});

it("goes on after a crash at any write or effect: each step once more at most, the failure as it was", async () => {
  const inLoop: Step = {
    kind: "forEach",
    id: "each",
    name: "Each",
    items: "[1, 2, 3]",
    concurrency: 2,
    onItemError: "stop",
    steps: [guarded([value("note", "error.code"), call("tell", "[item, steps.note]")])],
  };
  const flow = flowOf([inLoop, call("after", "steps.each.succeeded")]);
  const make = () => {
    const run = memoryRun(flow);
    run.answers.set("each/[1]/crm", [gone]);
    run.answers.set("each/[1]/crm/on-error/tell", [busy, done]);
    return run;
  };
  const whole = make();
  expect(await toTheEnd(whole)).toMatchObject({ status: "succeeded" });
  const expected = new Set(whole.hits.map(({ stepPath, key }) => `${stepPath} ${key}`));
  expect(expected.size).toBe(5);
  for (const moment of ["beforeWrite", "afterEffect"] as const)
    for (let crashAt = 1; ; crashAt += 1) {
      const run = make();
      let at = 0;
      let crashed = false;
      run.crash[moment] = () => {
        at += 1;
        if (at === crashAt) {
          crashed = true;
          throw new Error("the worker is gone");
        }
      };
      await toTheEnd(run).catch(() => undefined);
      if (!crashed) break;
      run.pass(86_400_000);
      expect(await toTheEnd(run), `${moment} ${crashAt}`).toMatchObject({ status: "succeeded" });
      expect(new Set(run.hits.map(({ stepPath, key }) => `${stepPath} ${key}`))).toEqual(expected);
      expect(run.output("after")).toEqual(whole.output("after"));
    }
});

it("takes the failure of what is inside a step for its own, and does not enter it again", async () => {
  const loop: Step = {
    kind: "forEach",
    id: "each",
    name: "Each",
    items: "[1, 2, 3]",
    concurrency: 1,
    onItemError: "stop",
    steps: [call("send", "item")],
    settings: { onError: "path" },
    errorSteps: [
      call("tell", "[error.step, error.status]"),
      { kind: "delay", id: "pause", name: "P", amount: "1", unit: "hours" },
    ],
  };
  const run = memoryRun(flowOf([loop, call("after", "steps.each.error.code")]));
  run.answers.set("each/[1]/send", [gone]);
  expect(await toTheEnd(run)).toMatchObject({ status: "succeeded" });
  expect(places(run)).toEqual(["each/[0]/send", "each/[1]/send", "each/on-error/tell", "after"]);
  expect(run.hits[2]?.body).toContain('[\\"send\\",404]');

  const branch: Step = {
    kind: "branch",
    id: "way",
    name: "Way",
    cases: [{ id: "yes", name: "Yes", when: "true", steps: [call("send", "1")] }],
    otherwise: [],
    settings: { onError: "continue" },
  };
  const other = memoryRun(flowOf([branch, call("after", "steps.way.error.message")]));
  other.answers.set("way/send", [gone]);
  expect(await other.run()).toMatchObject({ status: "succeeded" });
  expect(other.hits.at(-1)?.body).toContain("The target answered 404.");
});

it("ends what was still waiting inside a step that failed, so that no open step is left behind", async () => {
  const loop: Step = {
    kind: "forEach",
    id: "each",
    name: "Each",
    items: "[1, 2]",
    concurrency: 2,
    onItemError: "stop",
    steps: [call("send", "item")],
    settings: { onError: "path" },
    errorSteps: [{ kind: "delay", id: "pause", name: "Pause", amount: "1", unit: "hours" }],
  };
  const run = memoryRun(flowOf([loop]));
  run.answers.set("each/[0]/send", [busy]);
  run.answers.set("each/[1]/send", [gone]);
  expect(await run.run()).toMatchObject({ kind: "release", status: "waiting", wakeInMs: 3_600_000 });
  expect(run.step("each/[0]/send")).toMatchObject({ status: "canceled", errorCode: "http-503" });
});

it("skips a step whose condition is not met and says why; later steps read nothing of it", async () => {
  const some = { ...call("crm"), when: "trigger.body.amount > 10" } as Step;
  const flow = flowOf([some, call("after", '$exists(steps.crm) ? "yes" : "no"')]);
  const small = memoryRun(flow, { amount: 3 });
  expect(await small.run()).toMatchObject({ status: "succeeded" });
  expect(places(small)).toEqual(["after"]);
  expect(small.hits[0]?.body).toContain("no");
  expect(small.step("crm")).toMatchObject({
    status: "skipped",
    errorMessage: "Its condition was not met: trigger.body.amount > 10",
  });
  const large = memoryRun(flow, { amount: 30 });
  await large.run();
  expect(places(large)).toEqual(["crm", "after"]);
});

it("fails a step whose condition fails, in words, and asks the condition again when a person goes on", async () => {
  const step = { ...call("crm", "1"), when: "$number(trigger.body.amount) > 10" } as Step;
  const run = memoryRun(flowOf([step]), { amount: "many" });
  const ending = await run.run();
  expect(ending).toMatchObject({ status: "failed", errorCode: "condition-failed", failedStep: "crm" });
  expect((ending as { errorMessage: string }).errorMessage).toMatch(/^Its condition failed: /);
  expect(run.hits).toEqual([]);
  // Resumed with the version it ran with, and as another version leaves its row: it is asked again.
  for (const errorCode of ["condition-failed", null]) {
    const failed = run.saved.get("crm");
    if (failed === undefined) throw new Error("it was not kept");
    Object.assign(failed.row, { status: "queued", errorCode, errorMessage: errorCode && "It failed." });
    expect(await run.run()).toMatchObject({ status: "failed", errorCode: "condition-failed" });
  }
  expect(run.hits).toEqual([]);
  const handled = memoryRun(
    flowOf([{ ...step, settings: { onError: "path" }, errorSteps: [call("tell", "error.code")] }]),
    { amount: "many" },
  );
  expect(await handled.run()).toMatchObject({ status: "succeeded" });
  expect(handled.hits[0]?.body).toContain("condition-failed");
});

it("asks a condition once: a step that began is not asked again", async () => {
  const step = { ...call("crm", "1"), when: "trigger.body.on" } as Step;
  const body = { on: true };
  const run = memoryRun(flowOf([step]), body);
  run.answers.set("crm", [busy, done]);
  await run.run();
  body.on = false;
  expect(await toTheEnd(run)).toMatchObject({ status: "succeeded" });
  expect(places(run)).toEqual(["crm", "crm"]);
});

it("keeps error steps only where the settings say that there is an error path", () => {
  const flow = (step: object) => ({
    schema: 1,
    trigger: { endpointId: null, eventTypes: [], filter: null },
    runName: "",
    steps: [step],
  });
  const stray = flowDefinitionSchema.safeParse(flow({ ...call("crm"), errorSteps: [] }));
  expect(stray.error?.issues[0]?.message).toContain('onError "path"');
  const twice = flowDefinitionSchema.safeParse(flow(guarded([call("crm")])));
  expect(twice.error?.issues[0]?.message).toContain("used twice");
});

it("tries again after what the step says, with waits that stay where they do not grow", async () => {
  const retry = { attempts: 3, firstMs: 5_000, factor: 1, maxMs: 5_000, on: ["404"] };
  const run = memoryRun(flowOf([call("crm", "1", { retry })]));
  run.answers.set("crm", [gone, gone, done]);
  for (const _ of [1, 2]) {
    // Up to a fifth more, at random; here always half of that.
    expect(await run.run()).toMatchObject({ kind: "release", status: "retrying", wakeInMs: 5_500 });
    run.pass(5_500);
  }
  expect(await run.run()).toMatchObject({ status: "succeeded" });
  const once = memoryRun(flowOf([call("crm", "1", { retry })]));
  once.answers.set("crm", [busy]);
  expect(await once.run()).toMatchObject({ status: "failed" });
});
