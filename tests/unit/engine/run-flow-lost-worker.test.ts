import { describe, expect, test } from "vitest";
import { LeaseLostError, NotPerformedError } from "#lib/engine/journal-rows.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, done, flowOf, lost, memoryRun, value } from "#tests/support/memory-run.ts";

describe("a lost worker", () => {
  test("after the effect and before its result: the same bytes and key go out again", async () => {
    const run = memoryRun(flowOf([value("map", "trigger.body.n"), call("crm", "steps.map")]), { n: 7 });
    run.crash.afterEffect = () => {
      throw new Error("killed");
    };
    await expect(run.run()).rejects.toThrow("killed");
    run.crash = {};
    run.pass(5_000);
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits).toHaveLength(2);
    expect(run.hits[1]).toMatchObject({ attempt: 2, body: run.hits[0]?.body, key: run.hits[0]?.key });
    expect(
      run.writes
        .flatMap((write) => write.attempts)
        .filter((row) => row.number === 1)
        .at(-1),
    ).toMatchObject({ outcome: "unknown", errorCode: "worker-lost" });
  });

  test("before anything was written: planned anew, sent once", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    run.crash.beforeWrite = () => {
      throw new Error("killed");
    };
    await expect(run.run()).rejects.toThrow("killed");
    expect(run.hits).toEqual([]);
    run.crash = {};
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits).toHaveLength(1);
  });

  test("uses up none of a step's tries; the target's own failures do", async () => {
    const retry = { attempts: 2, firstMs: 1_000, factor: 1, maxMs: 1_000 };
    const run = memoryRun(flowOf([call("crm", "trigger.body", { retry })]));
    run.answers.set("crm", [busy, done]);
    for (let lost = 0; lost < 4; lost += 1) {
      run.crash.beforeEffect = () => {
        throw new Error("killed");
      };
      await expect(run.run()).rejects.toThrow("killed");
    }
    run.crash = {};
    expect(await run.run()).toMatchObject({ kind: "release", status: "retrying" });
    run.pass(2_000);
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits.map((hit) => hit.attempt)).toEqual([5, 6]);

    const failing = memoryRun(flowOf([call("crm", "trigger.body", { retry })]));
    failing.answers.set("crm", [busy]);
    await failing.run();
    failing.pass(2_000);
    expect(await failing.run()).toMatchObject({ status: "failed", errorCode: "http-503" });
  });

  test("ends a step that may try once only: what may have arrived is not sent again", async () => {
    const run = memoryRun(
      flowOf([call("crm", "trigger.body", { retry: { attempts: 1, firstMs: 1_000, factor: 1, maxMs: 1_000 } })]),
    );
    run.crash.afterEffect = () => {
      throw new Error("killed");
    };
    await expect(run.run()).rejects.toThrow("killed");
    run.crash = {};
    expect(await run.run()).toMatchObject({ status: "failed", errorCode: "worker-lost" });
    expect(run.hits).toHaveLength(1);
  });

  test("is no question to a person where nothing had been sent yet", async () => {
    const mail: Step = {
      kind: "action",
      id: "mail",
      name: "mail",
      action: "test.mail",
      input: { expression: "trigger.body" },
    };
    const run = memoryRun(flowOf([mail]));
    run.crash.beforeEffect = () => {
      throw new NotPerformedError("The database went away before this was sent.");
    };
    await expect(run.run()).rejects.toBeInstanceOf(NotPerformedError);
    run.crash = {};
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits).toHaveLength(1);
  });

  test("never repeats a finished step", async () => {
    const run = memoryRun(flowOf([call("one"), call("two")]));
    run.crash.afterEffect = (hit) => {
      if (hit.stepPath === "two") throw new Error("killed");
    };
    await expect(run.run()).rejects.toThrow("killed");
    run.crash = {};
    await run.run();
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["one", "two", "two"]);
  });

  test("stops at once when the lease is gone", async () => {
    const run = memoryRun(flowOf([call("one"), call("two")]));
    run.crash.beforeWrite = () => {
      throw new LeaseLostError("run-1");
    };
    await expect(run.run()).rejects.toBeInstanceOf(LeaseLostError);
    expect(run.hits).toEqual([]);
  });
});

describe("an unknown outcome", () => {
  test("is tried again for a call that carries a key", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    run.answers.set("crm", [lost, done]);
    expect(await run.run()).toMatchObject({ kind: "release", status: "retrying" });
  });

  const mail: Step = { kind: "action", id: "mail", name: "Mail", action: "test.mail", input: { expression: "1" } };

  test("asks a person for what people would see twice, and goes on with nothing meanwhile", async () => {
    const run = memoryRun(flowOf([mail, call("crm")]));
    run.answers.set("mail", [lost]);
    expect(await run.run()).toMatchObject({ kind: "release", status: "needs a decision", wakeInMs: null });
    expect(await run.run()).toMatchObject({ kind: "release", status: "needs a decision", wakeInMs: null });
    expect(run.hits).toHaveLength(1);
  });

  test("asks after a lost worker too", async () => {
    const run = memoryRun(flowOf([mail]));
    run.crash.afterEffect = () => {
      throw new Error("killed");
    };
    await expect(run.run()).rejects.toThrow("killed");
    run.crash = {};
    expect(await run.run()).toMatchObject({ kind: "release", status: "needs a decision" });
    expect(run.hits).toHaveLength(1);
  });

  test("follows the step's own setting", async () => {
    const run = memoryRun(flowOf([{ ...mail, settings: { onUnknown: "retry" } }]));
    run.answers.set("mail", [lost, done]);
    expect(await run.run()).toMatchObject({ kind: "release", status: "retrying" });
  });
});

describe("progress", () => {
  test("is what a worker finished itself, not a lost worker's try that was closed: poison makes none", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    run.crash.afterEffect = () => {
      throw new Error("killed");
    };
    for (let round = 0; round < 3; round += 1) await expect(run.run()).rejects.toThrow("killed");
    expect(run.writes.map((write) => write.run.kind === "hold" && write.run.progress)).toEqual([false, false, false]);
  });
});
