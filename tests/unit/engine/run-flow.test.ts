import { describe, expect, test } from "vitest";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, done, flowOf, gone, memoryRun, value } from "#tests/support/memory-run.ts";

describe("a run without trouble", () => {
  test("makes input, effect and key durable before the effect, all after it with the end: two writes", async () => {
    const run = memoryRun(
      flowOf([value("map", '{ "total": trigger.body.amount / 100 }'), call("crm", "steps.map.total")]),
      {
        amount: 4200,
      },
    );
    let writesBeforeEffect = -1;
    run.crash.beforeEffect = () => {
      writesBeforeEffect = run.writes.length;
    };
    expect(await run.run()).toMatchObject({ kind: "finish", status: "succeeded", effectCounts: { http: 1 } });
    expect(writesBeforeEffect).toBe(1);
    expect(run.writes).toHaveLength(2);
    expect(run.writes[0]?.steps.map((row) => [row.path, row.status])).toEqual([
      ["map", "succeeded"],
      ["crm", "running"],
    ]);
    expect(run.writes[0]?.attempts).toMatchObject([{ path: "crm", number: 1, outcome: "started" }]);
    expect(run.writes[1]?.run).toMatchObject({ kind: "finish", status: "succeeded" });
    expect(run.hits).toMatchObject([{ stepPath: "crm", attempt: 1, body: expect.stringContaining("42 planned") }]);
  });

  test("gives the key sha256(origin run id, step path)", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    await run.run();
    const { createHash } = await import("node:crypto");
    expect(run.hits[0]?.key).toBe(createHash("sha256").update("run-1\ncrm").digest("hex"));
  });

  test("needs one write when there is no effect", async () => {
    const run = memoryRun(flowOf([value("map", "1")]));
    await run.run();
    expect(run.writes).toHaveLength(1);
  });

  test("names the run once, with at most 120 characters", async () => {
    const run = memoryRun(flowOf([call("crm")], { runName: '$pad("x", 300, "y")' }));
    await run.run();
    expect(run.writes.map((write) => write.run.name?.length)).toEqual([120, undefined]);
  });
});

describe("the trigger's filter", () => {
  test("ends the run as filtered before any step", async () => {
    const run = memoryRun(flowOf([call("crm")], { filter: "trigger.body.amount > 100" }), { amount: 5 });
    expect(await run.run()).toMatchObject({ status: "filtered" });
    expect(run.hits).toEqual([]);
  });

  test("lets a wanted event through", async () => {
    const run = memoryRun(flowOf([call("crm")], { filter: "trigger.body.amount > 100" }), { amount: 500 });
    expect(await run.run()).toMatchObject({ status: "succeeded" });
  });

  test("fails the run when it cannot be evaluated", async () => {
    const run = memoryRun(flowOf([call("crm")], { filter: "1 + 'a'" }));
    expect(await run.run()).toMatchObject({ status: "failed", errorCode: "expression", failedStep: null });
  });
});

describe("retries", () => {
  test("hand the run back with a time, and send the same bytes and key next time", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    run.answers.set("crm", [busy, done]);
    const first = await run.run();
    expect(first).toMatchObject({ kind: "release", status: "retrying", wakeInMs: 11_000 });
    expect(run.step("crm")).toMatchObject({
      status: "retrying",
      attempts: 1,
      nextAttemptInMs: 11_000,
      errorCode: "http-503",
    });
    run.pass(11_000);
    expect(await run.run()).toMatchObject({ kind: "finish", status: "succeeded" });
    expect(run.hits).toHaveLength(2);
    expect(run.hits[1]).toMatchObject({ attempt: 2, body: run.hits[0]?.body, key: run.hits[0]?.key });
  });

  test("wait on when woken too early", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    run.answers.set("crm", [busy]);
    await run.run();
    run.pass(4_000);
    expect(await run.run()).toMatchObject({ kind: "release", status: "retrying", wakeInMs: 7_000 });
    expect(run.hits).toHaveLength(1);
  });

  test("end after the step's number of attempts, with the step and its error named", async () => {
    const run = memoryRun(
      flowOf([call("crm", "1", { retry: { attempts: 3, firstMs: 100, factor: 1, maxMs: 100 } }), call("next")]),
    );
    run.answers.set("crm", [busy]);
    for (let round = 0; round < 2; round += 1) {
      expect(await run.run()).toMatchObject({ kind: "release" });
      run.pass(1_000);
    }
    expect(await run.run()).toMatchObject({
      kind: "finish",
      status: "failed",
      errorCode: "http-503",
      failedStep: "crm",
      errorMessage: busy.kind === "failed" ? busy.message : "",
    });
    expect(run.hits.map((hit) => hit.attempt)).toEqual([1, 2, 3]);
  });

  test("are not made for an answer that will not change", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    run.answers.set("crm", [gone]);
    expect(await run.run()).toMatchObject({ kind: "finish", status: "failed", failedStep: "crm" });
  });

  test("are not made for a step refused before sending", async () => {
    const run = memoryRun(flowOf([call("crm", "trigger.body.missing")]));
    expect(await run.run()).toMatchObject({ kind: "finish", status: "failed", errorCode: "blank" });
    expect(run.hits).toEqual([]);
  });

  test("give way to the next step where the step says so, which sees the error", async () => {
    const run = memoryRun(flowOf([call("crm", "1", { onError: "continue" }), call("log", "steps.crm.error.code")]));
    run.answers.set("crm", [gone]);
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.step("crm")).toMatchObject({ status: "failed" });
    expect(run.hits[1]?.body).toContain("http-404");
  });
});

describe("other steps", () => {
  test("a step that is off is passed by and seen by nobody", async () => {
    const run = memoryRun(
      flowOf([{ ...call("crm"), off: true }, call("log", '$exists(steps.crm) ? "seen" : "unseen"')]),
    );
    await run.run();
    expect(run.step("crm")).toMatchObject({ status: "off" });
    expect(run.hits[0]?.body).toContain("unseen");
  });

  test.each(["succeeded", "failed", "filtered"] as const)("a stop step ends the run as %s", async (outcome) => {
    const run = memoryRun(flowOf([{ kind: "stop", id: "end", name: "End", outcome, reason: "because" }, call("crm")]));
    expect(await run.run()).toMatchObject({ kind: "finish", status: outcome });
    expect(run.hits).toEqual([]);
  });

  test("a kind this version cannot run fails the run and says which step", async () => {
    const run = memoryRun(flowOf([{ kind: "nap", id: "pause", name: "Pause", forMs: 5 } as unknown as Step]));
    expect(await run.run()).toMatchObject({ status: "failed", errorCode: "unsupported-step", failedStep: "pause" });
  });

  test("a worker that is being stopped begins no new effect and hands the run back at once", async () => {
    const run = memoryRun(flowOf([call("one"), call("two")]));
    run.crash.afterEffect = () => {
      run.draining = true;
    };
    expect(await run.run()).toMatchObject({ kind: "release", status: "queued", wakeInMs: 0 });
    expect(run.hits).toHaveLength(1);
    run.draining = false;
    run.crash = {};
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["one", "two"]);
  });
});
