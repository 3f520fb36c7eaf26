import { createHash, randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

const database = useTestDatabase();
const EVENTS = 4;
/** About 3 MiB of JSON with digits that must not change. */
const bodyOf = (n: number) => `[${n},${Array.from({ length: 150_000 }, () => '{"id": 1.50, "n": 1}').join(",")}]`;
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

let sink: HttpSink;
let worker: Child;
let rows: FlowRows;
/** The path the flow of the test calls. */
let place: string;

beforeAll(async () => {
  sink = await startHttpSink({ durable: false });
});
beforeEach(async () => {
  place = `/${randomBytes(4).toString("hex")}`;
  rows = await insertFlowRows(flowOf([passOn(`${sink.url}${place}`)]));
  await startWorker();
});
afterEach(async () => {
  worker.kill("SIGKILL");
  await worker.exited;
});
afterAll(async () => {
  await sink.close();
  await closeRunPools();
});

async function startWorker(): Promise<void> {
  worker = startChild("server/worker.ts", {
    DATABASE_URL: database.url,
    HOOKLINE_SECRET_KEY: secretKey,
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_SANDBOX_PROCESSES: "1",
  });
  await worker.waitForLine("worker is working", 60_000);
}
const secretKey = randomBytes(32).toString("base64");

const passOn = (url: string): Step => ({
  kind: "action",
  id: "call",
  name: "Call",
  action: "http.request",
  input: { method: "POST", url, body: { kind: "json", json: "{{ trigger.body }}" } },
});

async function sendAll(): Promise<string[]> {
  const bodies = Array.from({ length: EVENTS }, (_, n) => bodyOf(n));
  for (const body of bodies) await insertEventRun(rows, body);
  return bodies.map(hashOf);
}

/** The process that holds runs of the flow; null while none does. */
async function holder(): Promise<{ id: string; pid: number } | null> {
  const found = await pool().query<{ id: string; pid: number }>(
    "SELECT p.id, p.pid FROM run r JOIN worker_pool p ON p.id = r.lease_pool WHERE r.flow_id = $1 LIMIT 1",
    [rows.flowId],
  );
  return found.rows[0] ?? null;
}

const ended = async () =>
  (
    await pool().query<{ status: string; runs: number }>(
      "SELECT status, count(*)::int AS runs FROM run WHERE flow_id = $1 AND finished_at IS NOT NULL GROUP BY 1",
      [rows.flowId],
    )
  ).rows;
const allSucceeded = [{ status: "succeeded", runs: EVENTS }];
const eventually = (what: () => unknown, timeout = 60_000) => expect.poll(what, { timeout, interval: 100 });

/** The calls of the flow by key: what was sent, each time. */
function sent(): Map<string, string[]> {
  const hits = sink.hits().filter((hit) => hit.path === place);
  return new Map(
    [...Map.groupBy(hits, (hit) => hit.key ?? "")].map(([key, group]) => [key, group.map((hit) => hit.bodySha256)]),
  );
}

const lives = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe("runs over large bodies", () => {
  test("are worked on by a process beside the worker, arrive as they were sent, and end once", async () => {
    sink.answer(() => ({ status: 200, afterMs: 300 }));
    const bodies = await sendAll();
    await eventually(async () => (await holder())?.id).toMatch(/^large_/);
    expect((await holder())?.pid).not.toBe(worker.pid);
    await eventually(ended).toEqual(allSucceeded);
    expect([...sent().values()].flat().sort()).toEqual(bodies.sort());
    expect(worker.noise()).toBe("");
  }, 120_000);

  test("are taken up again with the same bytes and keys when that process is killed; the worker lives on", async () => {
    sink.answer(() => "hang");
    const bodies = await sendAll();
    await eventually(() => sent().size).toBeGreaterThanOrEqual(2);
    const { pid } = worker;
    const victim = await holder();
    expect(victim?.id).toMatch(/^large_/);
    sink.answer(() => ({ status: 200 }));
    process.kill(victim?.pid ?? 0, "SIGKILL");
    await eventually(ended).toEqual(allSucceeded);
    expect(worker.pid).toBe(pid);
    const calls = sent();
    expect(calls.size).toBe(EVENTS);
    expect([...calls.values()].map((hashes) => new Set(hashes).size)).toEqual([1, 1, 1, 1]);
    expect([...calls.values()].map(([hash]) => hash).sort()).toEqual(bodies.sort());
  }, 120_000);

  test("go to another worker when theirs is killed, and the process beside it ends", async () => {
    sink.answer(() => "hang");
    await sendAll();
    await eventually(() => sent().size).toBeGreaterThanOrEqual(2);
    const beside = (await holder())?.pid ?? 0;
    expect(lives(beside)).toBe(true);
    sink.answer(() => ({ status: 200 }));
    worker.kill("SIGKILL");
    await worker.exited;
    await eventually(() => lives(beside), 10_000).toBe(false);
    await startWorker();
    await eventually(ended).toEqual(allSucceeded);
    expect([...sent().values()].map((hashes) => new Set(hashes).size)).toEqual([1, 1, 1, 1]);
  }, 120_000);

  test("end or go back when the worker is asked to stop, and nothing is sent twice", async () => {
    sink.answer(() => ({ status: 200, afterMs: 1_000 }));
    await sendAll();
    await eventually(() => sent().size).toBeGreaterThanOrEqual(1);
    const beside = (await holder())?.pid ?? 0;
    worker.kill("SIGTERM");
    expect(await worker.exited).toMatchObject({ code: 0 });
    expect(lives(beside)).toBe(false);
    await startWorker();
    await eventually(ended).toEqual(allSucceeded);
    expect([...sent().values()].map((hashes) => hashes.length)).toEqual([1, 1, 1, 1]);
  }, 120_000);
});
