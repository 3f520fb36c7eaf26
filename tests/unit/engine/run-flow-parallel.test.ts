import { expect, it } from "vitest";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { busy, call, done, flowOf, gone, lost, type MemoryRun, memoryRun } from "#tests/support/memory-run.ts";

const parallel = (lists: Step[][], more: Partial<Step> = {}): Step =>
  ({
    kind: "parallel",
    id: "both",
    name: "Both",
    branches: lists.map((steps, index) => ({ id: `way_${index}`, name: `Way ${index}`, steps })),
    ...more,
  }) as Step;

const pause = (id: string, hours = 1): Step => ({ kind: "delay", id, name: id, amount: String(hours), unit: "hours" });
const places = (run: MemoryRun) => run.hits.map(({ stepPath }) => stepPath);

async function toTheEnd(run: MemoryRun) {
  for (let turn = 0; turn < 60; turn += 1) {
    const ending = await run.run();
    if (ending.kind === "finish") return ending;
    run.draining = false;
    run.pass(Math.max(ending.wakeInMs ?? 0, 1));
  }
  throw new Error("it never ends");
}

it("runs its branches side by side and shows later steps what each of them gave", async () => {
  const run = memoryRun(
    flowOf([
      parallel([[call("a", "1"), call("a2", "steps.a.status")], [call("b", "2")]]),
      call("after", "[steps.a.status, steps.a2.status, steps.b.status, steps.both.branches]"),
    ]),
  );
  expect(await run.run()).toMatchObject({ status: "succeeded" });
  expect(places(run)).toEqual(["both/a", "both/b", "both/a2", "after"]);
  expect(run.hits.at(-1)?.body).toContain("[200,200,200,2]");
  expect(run.step("both")).toMatchObject({ kind: "parallel", status: "succeeded" });
});

it("lets the others come to their end when one branch fails, and then fails", async () => {
  const run = memoryRun(
    flowOf([parallel([[call("a", "1")], [call("b", "1"), pause("wait"), call("b2", "2")]]), call("after", "1")]),
  );
  run.answers.set("both/a", [gone]);
  expect(await run.run()).toMatchObject({ kind: "release", status: "waiting" });
  run.pass(3_600_000);
  expect(await run.run()).toMatchObject({ status: "failed", failedStep: "both/a", errorCode: "http-404" });
  expect(places(run)).toEqual(["both/a", "both/b", "both/b2"]);
  expect(run.step("both")).toMatchObject({
    status: "failed",
    errorMessage: 'Branch "Way 0" failed: The target answered 404.',
  });
});

it("waits as a whole only when no branch can go on, for what is due first", async () => {
  const run = memoryRun(
    flowOf([
      parallel([
        [pause("long", 5), call("a", "1")],
        [call("b", "1"), call("b2", "1")],
        [{ ...call("c", "1"), action: "test.mail" } as Step],
      ]),
      call("after", "1"),
    ]),
  );
  run.answers.set("both/b", [busy, done]);
  run.answers.set("both/c", [lost]);
  const first = await run.run();
  expect(first).toMatchObject({ kind: "release", status: "retrying" });
  run.pass((first as { wakeInMs: number }).wakeInMs);
  expect(await run.run()).toMatchObject({ kind: "release", status: "waiting" });
  expect(places(run)).toEqual(["both/b", "both/c", "both/b", "both/b2"]);
  const held = run.saved.get("both/c");
  if (held === undefined) throw new Error("it was not kept");
  held.row.status = "skipped";
  run.pass(5 * 3_600_000);
  expect(await run.run()).toMatchObject({ status: "succeeded" });
  expect(places(run).slice(4)).toEqual(["both/a", "after"]);
});

it("begins nothing more in other branches once one has stopped the run", async () => {
  const stop: Step = { kind: "stop", id: "enough", name: "Enough", outcome: "filtered", reason: "No need." };
  const run = memoryRun(flowOf([parallel([[stop], [call("b", "1"), call("b2", "2")]])]));
  expect(await run.run()).toMatchObject({ status: "filtered", errorMessage: "No need." });
  expect(places(run)).not.toContain("both/b2");
});

it("begins nothing more in other items of a loop once one has stopped the run", async () => {
  const stop: Step = { kind: "stop", id: "enough", name: "E", outcome: "failed", reason: "", when: "index = 0" };
  const loop: Step = {
    kind: "forEach",
    id: "each",
    name: "Each",
    items: "[1, 2, 3, 4]",
    concurrency: 2,
    onItemError: "continue",
    steps: [stop, call("a", "1"), call("b", "2")],
  };
  const run = memoryRun(flowOf([loop]));
  expect(await run.run()).toMatchObject({ status: "failed", errorCode: "stopped" });
  expect(places(run).filter((place) => place.endsWith("/b"))).toEqual([]);
  expect(places(run).filter((place) => place.startsWith("each/[2]"))).toEqual([]);
});

it("performs at most twenty effects at a time, whatever stands side by side", async () => {
  const loop = (id: string): Step => ({
    kind: "forEach",
    id,
    name: id,
    items: "[1..20]",
    concurrency: 20,
    onItemError: "stop",
    steps: [call(`${id}_call`, "1")],
  });
  const run = memoryRun(flowOf([parallel([[loop("x")], [loop("y")], [loop("z")]])]));
  let [open, most] = [0, 0];
  run.crash.beforeEffect = () => {
    open += 1;
    most = Math.max(most, open);
    setImmediate(() => {
      open -= 1;
    });
  };
  expect(await run.run()).toMatchObject({ status: "succeeded", effectCounts: { http: 60 } });
  expect(most).toBe(20);
});

it("joins once and does each step of twenty branches once, whatever fails, waits or crashes", async () => {
  const lists = Array.from({ length: 20 }, (_, index) =>
    index === 7
      ? [pause("wait_7"), call(`s_${index}`, String(index))]
      : [call(`s_${index}`, String(index)), call(`t_${index}`, String(index))],
  );
  const flow = flowOf([
    parallel(lists, { settings: { onError: "path" }, errorSteps: [call("tell", "error.step")] }),
    call("join", "steps.both.error.code"),
  ]);
  const make = () => {
    const run = memoryRun(flow);
    run.answers.set("both/t_3", [gone]);
    run.answers.set("both/s_11", [busy, done]);
    return run;
  };
  const whole = make();
  expect(await toTheEnd(whole)).toMatchObject({ status: "succeeded" });
  const count = (run: MemoryRun) => {
    const counts = new Map<string, number>();
    for (const place of places(run)) counts.set(place, (counts.get(place) ?? 0) + 1);
    return counts;
  };
  expect(count(whole).get("both/s_11")).toBe(2);
  expect(count(whole).get("join")).toBe(1);
  expect([...count(whole).values()].reduce((sum, one) => sum + one, 0)).toBe(39 + 1 + 1 + 1);
  const keys = new Set(whole.hits.map(({ stepPath, key }) => `${stepPath} ${key}`));
  for (let crashAt = 1; crashAt <= whole.writes.length; crashAt += 1) {
    const run = make();
    let writes = 0;
    run.crash.beforeWrite = () => {
      writes += 1;
      if (writes >= crashAt && writes < crashAt + 1_000) throw new Error("the worker is gone");
    };
    await toTheEnd(run).catch(() => undefined);
    // Effects of a worker whose write was refused are over before another one takes the run up.
    await new Promise((resolve) => setImmediate(resolve));
    run.crash = {};
    run.pass(60_000);
    expect(await toTheEnd(run), `crash at write ${crashAt}`).toMatchObject({ status: "succeeded" });
    expect(new Set(run.hits.map(({ stepPath, key }) => `${stepPath} ${key}`))).toEqual(keys);
    // Only what was under way when its worker went away is sent once more, with the same key.
    expect(count(run).get("join")).toBe(crashAt === whole.writes.length ? 2 : 1);
    expect(count(run).get("both/on-error/tell")).toBeLessThanOrEqual(2);
  }
});
