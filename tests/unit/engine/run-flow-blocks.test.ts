import { describe, expect, test } from "vitest";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, done, flowOf, gone, memoryRun } from "#tests/support/memory-run.ts";

describe("branches", () => {
  const route = (when: string): Step => ({
    kind: "branch",
    id: "route",
    name: "Route",
    cases: [{ id: "big", name: "Big", when, steps: [call("vip")] }],
    otherwise: [call("normal")],
  });

  test("take the first true case, show the others as skipped, and let later steps see inside", async () => {
    const run = memoryRun(
      flowOf([route("trigger.body.n > 10"), call("log", '{ "case": steps.route.case, "status": steps.vip.status }')]),
      {
        n: 50,
      },
    );
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
    expect(await run.run()).toMatchObject({
      status: "failed",
      failedStep: "route",
      errorMessage: expect.stringContaining("Big"),
    });
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
    expect(run.hits.map((hit) => hit.stepPath)).toEqual([
      "orders/[0]/ship",
      "orders/[1]/ship",
      "orders/[2]/ship",
      "orders/[1]/ship",
    ]);
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
