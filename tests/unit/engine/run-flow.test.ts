import { describe, expect, test } from "vitest";
import type { Step } from "#lib/engine/flow-definition.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { busy, call, done, flowOf, gone, lost, memoryRun } from "#tests/support/memory-run.ts";

const value = (id: string, expression: string): Step => ({ kind: "action", id, name: id, action: "test.value", input: { expression } });

describe("a run without trouble", () => {
  test("makes input, effect and key durable before the effect, and everything after it with the end: two writes", async () => {
    const run = memoryRun(flowOf([value("map", '{ "total": trigger.body.amount / 100 }'), call("crm", "steps.map.total")]), {
      amount: 4200,
    });
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
    expect(run.step("crm")).toMatchObject({ status: "retrying", attempts: 1, nextAttemptInMs: 11_000, errorCode: "http-503" });
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
    const run = memoryRun(flowOf([call("crm", "1", { retry: { attempts: 3, firstMs: 100, factor: 1, maxMs: 100 } }), call("next")]));
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

describe("branches", () => {
  const route = (when: string): Step => ({
    kind: "branch",
    id: "route",
    name: "Route",
    cases: [{ id: "big", name: "Big", when, steps: [call("vip")] }],
    otherwise: [call("normal")],
  });

  test("take the first true case, show the others as skipped, and let later steps see inside", async () => {
    const run = memoryRun(flowOf([route("trigger.body.n > 10"), call("log", '{ "case": steps.route.case, "status": steps.vip.status }')]), {
      n: 50,
    });
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["route/vip", "log"]);
    expect(run.hits[1]?.body).toContain('\\"case\\":\\"big\\",\\"status\\":200');
    expect(run.step("route/normal")).toMatchObject({ status: "skipped" });
  });

  test("go otherwise when no case is true", async () => {
    const run = memoryRun(flowOf([route("trigger.body.missing")]));
    await run.run();
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["route/normal"]);
  });

  test("keep their choice over a retry even when the condition would change", async () => {
    const run = memoryRun(flowOf([route("$count($keys(steps)) = 0")]));
    run.answers.set("route/vip", [busy, done]);
    await run.run();
    run.pass(20_000);
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["route/vip", "route/vip"]);
  });

  test("fail the run when a condition fails", async () => {
    const run = memoryRun(flowOf([route("1 + 'a'")]));
    expect(await run.run()).toMatchObject({ status: "failed", failedStep: "route", errorMessage: expect.stringContaining("Big") });
  });
});

describe("loops", () => {
  const loop = (more: Partial<Extract<Step, { kind: "forEach" }>> = {}): Step => ({
    kind: "forEach",
    id: "orders",
    name: "Orders",
    items: "trigger.body.list",
    concurrency: 1,
    onItemError: "stop",
    steps: [call("ship", '{ "item": item, "index": index }')],
    ...more,
  });

  test("run the body once per item, each with its own key", async () => {
    const run = memoryRun(flowOf([loop(), call("log", "steps.orders.count")]), { list: ["a", "b"] });
    expect(await run.run()).toMatchObject({ status: "succeeded", effectCounts: { http: 3 } });
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["orders/[0]/ship", "orders/[1]/ship", "log"]);
    expect(new Set(run.hits.map((hit) => hit.key)).size).toBe(3);
    expect(run.output("orders")).toMatchObject({
      count: 2,
      succeeded: 2,
      failed: 0,
      items: [{ ship: { status: 200 } }, { ship: { status: 200 } }],
    });
  });

  test("have at most `concurrency` effects under way", async () => {
    const run = memoryRun(flowOf([loop({ concurrency: 3 })]), { list: [1, 2, 3, 4, 5, 6, 7, 8] });
    let under = 0;
    let most = 0;
    run.crash.beforeEffect = () => {
      under += 1;
      most = Math.max(most, under);
      setImmediate(() => (under -= 1));
    };
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(most).toBeLessThanOrEqual(3);
    expect(most).toBeGreaterThan(1);
    expect(run.hits).toHaveLength(8);
  });

  test("treat nothing as no items and a single value as one", async () => {
    const none = memoryRun(flowOf([loop()]), {});
    expect(await none.run()).toMatchObject({ status: "succeeded" });
    expect(none.hits).toEqual([]);
    const one = memoryRun(flowOf([loop()]), { list: "only" });
    await one.run();
    expect(one.hits).toHaveLength(1);
  });

  test("let other items go on while one waits for its retry, and repeat only that one", async () => {
    const run = memoryRun(flowOf([loop()]), { list: [0, 1, 2] });
    run.answers.set("orders/[1]/ship", [busy, done]);
    expect(await run.run()).toMatchObject({ kind: "release", status: "retrying" });
    expect(run.hits).toHaveLength(3);
    run.pass(20_000);
    expect(await run.run()).toMatchObject({ status: "succeeded" });
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["orders/[0]/ship", "orders/[1]/ship", "orders/[2]/ship", "orders/[1]/ship"]);
  });

  test("stop at the first failed item, or count it, as the step says", async () => {
    const stop = memoryRun(flowOf([loop()]), { list: [0, 1, 2] });
    stop.answers.set("orders/[1]/ship", [gone]);
    expect(await stop.run()).toMatchObject({ status: "failed", failedStep: "orders/[1]/ship" });
    expect(stop.hits).toHaveLength(2);
    const go = memoryRun(flowOf([loop({ onItemError: "continue" })]), { list: [0, 1, 2] });
    go.answers.set("orders/[1]/ship", [gone]);
    expect(await go.run()).toMatchObject({ status: "succeeded" });
    expect(go.output("orders")).toMatchObject({ count: 3, succeeded: 2, failed: 1 });
  });

  test("refuse more than 10,000 items before the first", async () => {
    const run = memoryRun(flowOf([loop({ items: "[1..10001]" })]));
    expect(await run.run()).toMatchObject({ status: "failed", errorCode: "too-many-items" });
    expect(run.hits).toEqual([]);
  });

  test("nest, with the inner item hiding the outer", async () => {
    const inner = loop({ id: "lines", items: "item.lines", steps: [call("line", "item")] });
    const run = memoryRun(flowOf([loop({ steps: [inner] })]), { list: [{ lines: [1, 2] }, { lines: [3] }] });
    await run.run();
    expect(run.hits.map((hit) => hit.stepPath)).toEqual([
      "orders/[0]/lines/[0]/line",
      "orders/[0]/lines/[1]/line",
      "orders/[1]/lines/[0]/line",
    ]);
    expect(run.hits.map((hit) => hit.body.charAt(9))).toEqual(["1", "2", "3"]);
  });
});

describe("other steps", () => {
  test("a step that is off is passed by and seen by nobody", async () => {
    const run = memoryRun(flowOf([{ ...call("crm"), off: true }, call("log", '$exists(steps.crm) ? "seen" : "unseen"')]));
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
    const run = memoryRun(flowOf([{ kind: "delay", id: "pause", name: "Pause", forMs: 5 }]));
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

describe("progress", () => {
  test("is what a worker finished itself, not the closing of a lost worker's try: poison must not look like progress", async () => {
    const run = memoryRun(flowOf([call("crm")]));
    run.crash.afterEffect = () => {
      throw new Error("killed");
    };
    for (let round = 0; round < 3; round += 1) await expect(run.run()).rejects.toThrow("killed");
    expect(run.writes.map((write) => write.run.kind === "hold" && write.run.progress)).toEqual([false, false, false]);
  });
});
