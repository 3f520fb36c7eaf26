import { afterEach, describe, expect, it } from "vitest";
import { cpuMsOf } from "#lib/platform/process-usage.ts";
import { createSandbox, type Sandbox } from "#lib/sandbox/create-sandbox.ts";
import { alikeItems, TIGHT_DEADLINE_MS, UNCLOCKED } from "#tests/support/bounded-expressions.ts";

const onLinux = process.platform === "linux";
const HEAVY = "$sum([1..@].($ * 2))";

let sandbox: Sandbox | null = null;
let throttle: ReturnType<typeof setInterval> | null = null;
afterEach(async () => {
  if (throttle !== null) clearInterval(throttle);
  throttle = null;
  for (const pid of sandbox?.stats().pids ?? []) process.kill(pid, "SIGCONT");
  await sandbox?.close();
  sandbox = null;
});

async function open(options: Parameters<typeof createSandbox>[0]): Promise<Sandbox> {
  sandbox = createSandbox({ plainInPlace: false, ...options });
  await sandbox.ready();
  return sandbox;
}

const evaluate = async (
  on: Sandbox,
  source: string,
  { input = {}, ...more }: { input?: object; fairnessKey?: string; deadlineMs?: number } = {},
) =>
  (
    await on.evaluate({
      expressions: [{ id: "e", source }],
      contextJson: JSON.stringify(input),
      now: "2026-05-06T07:08:09.010Z",
      seed: "seed",
      ...more,
    })
  )[0];

/** An expression of about this much processor time on this machine. */
async function heavy(on: Sandbox, cpuMs: number): Promise<string> {
  const of = (items: number) => HEAVY.replace("@", String(items));
  const [pid = -1] = on.stats().pids;
  await evaluate(on, of(5_000));
  const before = cpuMsOf(pid) ?? 0;
  for (let round = 0; round < 5; round++) await evaluate(on, of(10_000));
  const each = Math.max(2, ((cpuMsOf(pid) ?? 0) - before) / 5);
  return of(Math.min(240_000, Math.max(1_000, Math.round((10_000 * cpuMs) / each))));
}

/** Lets a process have the processor for `share` of the time only, as a machine does that has too much to do. */
function starve(pid: number, share: number): void {
  const everyMs = 50;
  throttle = setInterval(() => {
    process.kill(pid, "SIGCONT");
    setTimeout(() => throttle !== null && process.kill(pid, "SIGSTOP"), everyMs * share);
  }, everyMs);
}

describe.runIf(onLinux)("an expression is judged by its own processor time", () => {
  it("and has its value after many times its limit of waiting for a processor", { timeout: 60_000 }, async () => {
    const limitMs = 600;
    const own = await open({ children: 1, deadlineMs: limitMs });
    const source = await heavy(own, 200);
    const [pid = -1] = own.stats().pids;
    starve(pid, 0.05);
    const startedAt = performance.now();
    expect(await evaluate(own, source)).toMatchObject({ kind: "value" });
    expect(performance.now() - startedAt).toBeGreaterThan(limitMs);
    expect(own.stats()).toMatchObject({ killed: 0, pids: [pid] });
  });

  it("and ends when that is used up, however little of a processor it gets", { timeout: 60_000 }, async () => {
    const own = await open({ children: 1, deadlineMs: 300 });
    const source = await heavy(own, 1_000);
    const [pid = -1] = own.stats().pids;
    const before = cpuMsOf(pid) ?? 0;
    starve(pid, 0.3);
    // Stops by JSONata's own clock: the process goes on.
    expect(await evaluate(own, source)).toEqual({ kind: "timeout" });
    const usedMs = (cpuMsOf(pid) ?? 0) - before;
    expect(usedMs).toBeGreaterThanOrEqual(80);
    expect(usedMs).toBeLessThan(400);
    // Ends by the kill: nothing in it looks at a clock.
    const more = { deadlineMs: TIGHT_DEADLINE_MS, input: alikeItems(1_000) };
    expect(await evaluate(own, UNCLOCKED, more)).toEqual({ kind: "timeout" });
    expect(own.stats().killed).toBe(1);
  });

  it("and its process is replaced when it sleeps and does not wake", { timeout: 60_000 }, async () => {
    const own = await open({ children: 1, deadlineMs: 100, standstillMs: 1_500 });
    const [pid = -1] = own.stats().pids;
    process.kill(pid, "SIGSTOP");
    const startedAt = performance.now();
    expect(await evaluate(own, "$sum([1,2])")).toEqual({ kind: "timeout" });
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(1_500);
    expect(await evaluate(own, "$sum([1,2])")).toEqual({ kind: "value", json: "3" });
  });

  it("while what takes long for one flow hardly delays another, and all have their values", {
    timeout: 120_000,
  }, async () => {
    const own = await open({ children: 2 });
    const source = await heavy(own, 300);
    let left = 12;
    const slow = Promise.all(
      Array.from({ length: left }, () =>
        evaluate(own, source, { fairnessKey: "one" }).then((outcome) => {
          left -= 1;
          return outcome;
        }),
      ),
    );
    // How many heavy ones ended meanwhile says how long one waited, whatever else this machine does.
    const ended: number[] = [];
    while (left > 0) {
      const before = left;
      expect(await evaluate(own, "$sum([1..200].($ * 2))", { fairnessKey: "other" })).toEqual({
        kind: "value",
        json: "40200",
      });
      ended.push(before - left);
    }
    expect((await slow).map((outcome) => outcome?.kind)).toEqual(Array.from({ length: 12 }, () => "value"));
    expect(own.stats().killed).toBe(0);
    // In turn, the first would have waited for all of them; so it waits for a process more to start, and the rest do
    // not.
    expect(ended[0]).toBeLessThanOrEqual(6);
    ended.sort((one, other) => one - other);
    expect(ended.length).toBeGreaterThan(12);
    expect(ended[Math.floor(ended.length / 2)]).toBe(0);
  });
});
