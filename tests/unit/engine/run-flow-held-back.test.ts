import { describe, expect, test } from "vitest";
import { busy, call, flowOf, memoryRun } from "#tests/support/memory-run.ts";

describe("a run whose target has no place for it", () => {
  test("is given back with its step planned and no try used, and sends those bytes when the gate opens", async () => {
    const run = memoryRun(flowOf([call("first"), call("second")]));
    run.closedTargets.add("second.test");
    const ending = await run.run();
    expect(ending).toMatchObject({
      kind: "release",
      status: "queued",
      wakeInMs: null,
      progress: true,
      heldBackAt: { kind: "target", key: "second.test" },
    });
    expect(run.hits.map((hit) => hit.stepPath)).toEqual(["first"]);
    expect(run.step("second")).toMatchObject({ status: "queued", attempts: 0, errorCode: null });
    const planned = run.saved.get("second")?.effect;
    run.pass(60_000);
    run.closedTargets.clear();
    expect(await run.run()).toMatchObject({ kind: "finish", status: "succeeded" });
    expect(run.hits.at(-1)).toMatchObject({ stepPath: "second", attempt: 1 });
    expect(JSON.stringify(planned)).toContain(JSON.parse(run.hits.at(-1)?.body ?? "{}").text.slice(-24));
  });

  test("keeps the tries it had when it is held back before a retry", async () => {
    const run = memoryRun(
      flowOf([call("only", "trigger.body", { retry: { attempts: 2, firstMs: 100, factor: 1, maxMs: 100 } })]),
    );
    run.answers.set("only", [busy]);
    expect(await run.run()).toMatchObject({ kind: "release", status: "retrying" });
    run.pass(1_000);
    run.closedTargets.add("only.test");
    for (let time = 0; time < 3; time += 1)
      expect(await run.run()).toMatchObject({ kind: "release", heldBackAt: { key: "only.test" } });
    run.closedTargets.clear();
    expect(await run.run()).toMatchObject({ kind: "finish", status: "failed", errorCode: "http-503" });
    expect(run.hits.map((hit) => hit.attempt)).toEqual([1, 2]);
  });

  test("is held back and woken for what is due sooner, when items of a loop wait for different things", async () => {
    const run = memoryRun(
      flowOf([
        {
          kind: "forEach",
          id: "each",
          name: "Each",
          items: "[1, 2]",
          concurrency: 2,
          onItemError: "continue",
          steps: [call("a", "item"), call("b", "item")],
        },
      ]),
    );
    run.answers.set("each/[0]/a", [busy]);
    run.closedTargets.add("b.test");
    const ending = await run.run();
    expect(ending).toMatchObject({ kind: "release", heldBackAt: { kind: "target", key: "b.test" } });
    expect(ending.kind === "release" && ending.wakeInMs).toBeGreaterThan(0);
  });
});
