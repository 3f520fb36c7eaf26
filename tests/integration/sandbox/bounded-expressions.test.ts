import { readdirSync, readFileSync } from "node:fs";
import jsonata from "jsonata";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSandbox, type Sandbox } from "#lib/sandbox/create-sandbox.ts";
import { describeError } from "#lib/sandbox/describe-error.ts";
import type { Outcome } from "#lib/sandbox/protocol.ts";
import {
  alikeItems,
  readBoundedExpressions,
  TIGHT_DEADLINE_MS,
  TIGHT_LIMITS,
} from "#tests/support/bounded-expressions.ts";

const expressions = readBoundedExpressions();
const now = "2026-05-06T07:08:09.010Z";

let sandbox: Sandbox;
beforeAll(async () => {
  sandbox = createSandbox({ plainInPlace: false, limits: TIGHT_LIMITS });
  await sandbox.ready();
});
afterAll(() => sandbox.close());

async function evaluate(
  source: string,
  { input = {}, deadlineMs = 5_000, within = sandbox }: { input?: unknown; deadlineMs?: number; within?: Sandbox } = {},
): Promise<Outcome> {
  await within.ready();
  const [outcome] = await within.evaluate({
    expressions: [{ id: "e", source }],
    contextJson: JSON.stringify(input),
    now,
    seed: "seed",
    deadlineMs,
  });
  if (outcome === undefined) throw new Error("no outcome");
  return outcome;
}

const label = (outcome: Outcome) => (outcome.kind === "error" ? `error:${outcome.code}` : outcome.kind);

async function kindAlone(source: string, input: unknown): Promise<string> {
  try {
    return (await jsonata(source).evaluate(input)) === undefined ? "nothing" : "value";
  } catch {
    return "error";
  }
}

describe("expressions beyond a tight limit", () => {
  it("are there for every guard", () => {
    expect(expressions.length).toBeGreaterThanOrEqual(75);
    expect(new Set(expressions.map(({ guard }) => guard)).size).toBe(16);
  });

  it.each(expressions)(
    "$id ends at its guard, and by itself without",
    async ({ guard, source, input, expect: end, alone }) => {
      const timed = guard === "clock" || guard === "kill";
      const outcome = await evaluate(source, { input, ...(timed ? { deadlineMs: TIGHT_DEADLINE_MS } : {}) });
      expect(label(outcome)).toBe(end);
      expect(JSON.stringify(outcome)).not.toMatch(
        /node_modules|\/lib\/|\.js:|\.ts:|\bat \w+ \(|_jsonata_lambda.*environment/,
      );
      if (outcome.kind === "error") expect(outcome.message.length).toBeLessThanOrEqual(301);
      // What JSONata makes of it alone shows that it was the guard that ended it.
      if (alone !== "any") expect(await kindAlone(source, input ?? {})).toBe(alone);
    },
  );

  it("of the killed kind count as killed, those that listen to the clock do not", async () => {
    const of = (wanted: string) => expressions.find(({ guard }) => guard === wanted)?.source ?? "";
    const input = alikeItems(1_000);
    const { killed } = sandbox.stats();
    // JSONata's own clock stops it this long before the kill.
    expect(await evaluate(of("clock"), { deadlineMs: 300 })).toEqual({ kind: "timeout" });
    expect(sandbox.stats().killed).toBe(killed);
    expect(await evaluate(of("kill"), { deadlineMs: TIGHT_DEADLINE_MS, input })).toEqual({ kind: "timeout" });
    expect(sandbox.stats().killed).toBe(killed + 1);
  });

  it("are refused or bounded when they come in one batch with good ones", async () => {
    const some = ["1+1", "[1..3000]", "$string(2)", '$eval("1")', '$uppercase("a")'];
    const outcomes = await sandbox.evaluate({
      expressions: some.map((source, index) => ({ id: String(index), source })),
      contextJson: "{}",
      now,
      seed: "s",
    });
    expect(outcomes.map((outcome) => (outcome.kind === "value" ? outcome.json : label(outcome)))).toEqual([
      "2",
      "error:D2015",
      '"2"',
      "error:eval-disabled",
      '"A"',
    ]);
  });

  it("leave the pool with as many warm children as before, and no zombie", async () => {
    await expect
      .poll(() => sandbox.stats(), { timeout: 30_000 })
      .toMatchObject({ children: 2, ready: 2, busy: 0, queued: 0 });
    if (process.platform !== "linux") return;
    const pids = new Set(sandbox.stats().pids);
    const states = readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry))
      .flatMap((entry) => {
        try {
          const stat = readFileSync(`/proc/${entry}/stat`, "latin1")
            .replace(/^.*\) /, "")
            .split(" ");
          return stat[1] === String(process.pid) ? [{ pid: Number(entry), state: stat[0] }] : [];
        } catch {
          return [];
        }
      });
    expect(states.filter(({ state }) => state === "Z")).toEqual([]);
    expect(states.filter(({ pid }) => pids.has(pid)).length).toBe(2);
  });
});

describe("memory", () => {
  const counting = "$f := function($n){ $n = 0 ? 0 : $f($n-1) }; $f(60000)";
  // Twenty texts of 4 MB, kept while the counting lasts.
  const doubled = `$s := "${"a".repeat(64)}"; ${"$s := $s & $s; ".repeat(16)}`;
  const large = `(${doubled}$l := [1..20].$uppercase($s & $string($)); ${counting}; $count($l))`;

  it.each([
    ["heap", { heapMib: 40 }],
    ["resident size", { rssBytes: 140 * 1024 * 1024 }],
  ])(
    "ends work at a tight %s that does not hinder small work, nor this work at the usual bounds",
    async (_what, limits) => {
      const [tight, usual] = [createSandbox({ children: 1, limits }), createSandbox({ children: 1 })];
      const deadlineMs = 20_000;
      try {
        expect(await evaluate(`(${counting})`, { within: tight, deadlineMs })).toEqual({ kind: "value", json: "0" });
        expect(await evaluate(large, { within: tight, deadlineMs })).toEqual({ kind: "memory" });
        expect(await evaluate(large, { within: usual, deadlineMs })).toEqual({ kind: "value", json: "20" });
      } finally {
        await Promise.all([tight.close(), usual.close()]);
      }
    },
    60_000,
  );
});

it("says in words that the stack or the memory was too small, as V8 tells it", () => {
  expect(describeError(new RangeError("Maximum call stack size exceeded"))).toMatchObject({ code: "too-deep" });
  expect(describeError(new RangeError("Invalid string length"))).toEqual({ kind: "memory" });
});
