import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { audit, breaches, settle } from "#tests/support/chaos/audit.ts";
import { sendEvents } from "#tests/support/chaos/send-events.ts";
import { parentOf, type Stage, setStage } from "#tests/support/chaos/stage.ts";
import { allSteps } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";

const CONCURRENCY = 16;
const TAKEOVER_MS_MAX = 10_000;

let stage: Stage;
beforeEach(async () => {
  stage = await setStage({
    workers: 2,
    concurrency: CONCURRENCY,
    flow: (url) =>
      flowOf([
        {
          kind: "action",
          id: "one",
          name: "One",
          action: "http.request",
          input: {
            method: "POST",
            url: `${url}/one/{{ trigger.body.n }}`,
            body: {
              kind: "json",
              json: '{ "n": {{ trigger.body.n }}, "chance": {{ $random() }}, "at": {{ $millis() }} }',
            },
          },
        },
        {
          kind: "action",
          id: "two",
          name: "Two",
          action: "http.request",
          input: {
            method: "POST",
            url: `${url}/two/{{ trigger.body.n }}`,
            body: { kind: "json", json: '{ "n": {{ trigger.body.n }} }' },
          },
        },
      ]),
  });
});
afterEach(() => stage.end());

const send = (count: number) => sendEvents(stage.url, { connections: 8, isOver: () => false, max: count });

/** The process that holds the run whose step has this key. */
async function pidOf(key: string | null): Promise<number | null> {
  const { rows } = await pool().query<{ pid: number }>(
    `SELECT p.pid FROM journal_part j JOIN run r ON r.id = j.run_id JOIN worker_pool p ON p.id = r.lease_pool
     WHERE j.rows LIKE '%' || $1 || '%'`,
    [key],
  );
  return rows[0]?.pid ?? null;
}

/** The worker that holds it, itself or through a process it started for this run alone. */
async function holderOf(key: string | null) {
  const pid = await pidOf(key);
  const parent = pid === null ? null : parentOf(pid);
  return stage.workers.find((worker) => worker.pid() === pid || worker.pid() === parent) ?? null;
}
const eventually = (what: () => unknown, timeout = 20_000) => expect.poll(what, { timeout, interval: 100 });

describe("kill -9 of a worker", () => {
  test("between a call's arrival and its recorded result: others send the same bytes and key within 10 s", async () => {
    // Both workers get runs; the first to hold 16 calls dies with all of them open.
    stage.sink.answer((_, count) => (count === 1 ? "hang" : { status: 200 }));
    const acks = await send(2 * CONCURRENCY);
    await eventually(() => stage.sink.hits().length).toBeGreaterThanOrEqual(2 * CONCURRENCY);
    const first = stage.sink.hits();
    const victim = await holderOf(first[0]?.key ?? null);
    expect(victim).not.toBeNull();
    stage.sink.answer(() => ({ status: 200 }));
    const killedAt = Date.now();
    victim?.kill("SIGKILL");
    const victimKeys: string[] = [];
    for (const hit of first) if (hit.path.startsWith("/one/") && hit.key !== null) victimKeys.push(hit.key);
    await eventually(
      () => stage.sink.hits().filter((hit) => hit.at > killedAt && hit.path.startsWith("/one/")).length,
    ).toBeGreaterThanOrEqual(CONCURRENCY / 2);
    const takenOver = stage.sink.hits().filter((hit) => hit.at > killedAt && hit.path.startsWith("/one/"));
    const waits = takenOver.map((hit) => hit.at - killedAt).sort((a, b) => a - b);
    process.stdout.write(
      `takeover after kill -9, ${waits.length} runs: p50 ${waits[waits.length >> 1]} ms, max ${waits.at(-1)} ms\n`,
    );
    expect(waits.at(-1)).toBeLessThan(TAKEOVER_MS_MAX);
    for (const again of takenOver) {
      const before = first.find((hit) => hit.key === again.key);
      expect(before, "a call with a new key").toBeDefined();
      expect(again.body).toBe(before?.body);
      expect(victimKeys).toContain(again.key);
    }
    // What was taken over ends first: a worker whose calls hang has places left for it, and would be its second loss.
    const inFlight = async () => {
      const again = stage.sink.hits().filter((hit) => hit.at > killedAt && hit.path.startsWith("/one/"));
      const ended = await pool().query("SELECT FROM run WHERE kind <> 'canary' AND finished_at IS NOT NULL");
      return new Set(again.map((hit) => hit.key)).size - (ended.rowCount ?? 0);
    };
    await eventually(inFlight).toBe(0);
    // The other worker's calls still hang: it is asked to let go of them by a kill of its own.
    for (const worker of stage.workers) if (worker !== victim) worker.kill("SIGKILL");
    expect(await settle(30_000)).toBe(0);
    expect(breaches(await audit(acks, stage.sink.hits(), 2 * CONCURRENCY))).toEqual({});
  });

  test("by a run that kills its workers: two are lost, never a third; it says why; others are untouched", async () => {
    const poison = "/one/3";
    stage.sink.answer((hit) => {
      if (hit.path !== poison) return { status: 200 };
      void pidOf(hit.key).then((pid) => pid !== null && process.kill(pid, "SIGKILL"));
      return "hang";
    });
    const acks = await send(12);
    expect(await settle(60_000)).toBe(0);
    const { rows } = await pool().query<{ status: string; error_code: string; error_message: string }>(
      "SELECT status, error_code, error_message FROM run WHERE kind <> 'canary' AND status <> 'succeeded'",
    );
    expect(rows).toEqual([
      {
        status: "failed",
        error_code: "quarantined",
        error_message: expect.stringContaining("ended by signal SIGKILL"),
      },
    ]);
    expect(stage.workers.reduce((lost, worker) => lost + worker.starts() - 1, 0)).toBe(2);
    expect(stage.sink.hits().filter((hit) => hit.path === poison)).toHaveLength(3);
    const { failed: _, ...rest } = breaches(await audit(acks, stage.sink.hits(), 3 * CONCURRENCY));
    expect(rest).toEqual({});
  });

  test("from outside, six times in a row while the same run is in flight: the run succeeds all the same", async () => {
    const unlucky = "/one/3";
    stage.sink.answer((hit, count) => {
      if (hit.path !== unlucky || count > 6) return { status: 200 };
      void holderOf(hit.key).then((worker) => worker?.kill("SIGKILL"));
      return "hang";
    });
    const acks = await send(6);
    expect(await settle(90_000)).toBe(0);
    expect(stage.sink.hits().filter((hit) => hit.path === unlucky)).toHaveLength(7);
    expect(stage.workers.reduce((lost, worker) => lost + worker.starts() - 1, 0)).toBe(6);
    expect(breaches(await audit(acks, stage.sink.hits(), 6 * CONCURRENCY))).toEqual({});
  });
});

describe("a worker that stands still (SIGSTOP) longer than its lease", () => {
  test("is taken over; awake again it writes nothing and ends", async () => {
    stage.sink.answer((_, count) => (count === 1 ? { status: 200, afterMs: 1_000 } : { status: 200 }));
    const acks = await send(4);
    await eventually(() => stage.sink.hits().length).toBeGreaterThanOrEqual(4);
    const victim = await holderOf(stage.sink.hits()[0]?.key ?? null);
    expect(victim).not.toBeNull();
    const pid = victim?.pid();
    victim?.kill("SIGSTOP");
    expect(await settle(20_000)).toBe(0);
    const before = await allSteps();
    victim?.kill("SIGCONT");
    await eventually(() => victim?.pid() !== pid).toBe(true);
    expect(
      victim?.lines.some(
        (line) => line.includes("declared this worker dead") || line.includes("the run went to another worker"),
      ),
    ).toBe(true);
    expect(before.length).toBeGreaterThan(0);
    expect(await allSteps()).toEqual(before);
    expect(breaches(await audit(acks, stage.sink.hits(), CONCURRENCY))).toEqual({});
  });
});

describe("a stop of all workers in the middle of runs (SIGTERM, as in a deploy)", () => {
  test("loses nothing and repeats nothing", async () => {
    stage.sink.answer(() => ({ status: 200, afterMs: 300 }));
    let over = false;
    const sending = sendEvents(stage.url, { connections: 8, isOver: () => over, max: 300, everyMs: 100 });
    for (const worker of [...stage.workers, ...stage.workers]) {
      await new Promise((resolve) => setTimeout(resolve, 1_500));
      worker.kill("SIGTERM");
    }
    over = true;
    const acks = await sending;
    expect(await settle(30_000)).toBe(0);
    expect(stage.workers.map((worker) => worker.starts())).toEqual([3, 3]);
    expect(breaches(await audit(acks, stage.sink.hits(), 0))).toEqual({});
  });
});
