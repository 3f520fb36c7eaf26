import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { findHeldBack } from "#lib/db/held-back-runs.ts";
import { endOpenSteps } from "#lib/db/open-steps.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { tryPort } from "#lib/platform/free-port.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { type DnsServer, startDnsServer } from "#tests/support/dns-server.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { keptSteps } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

const database = useTestDatabase();
const START_MS_MAX = 1_000;
const EVENTS = 100;
const EVERY_MS = 50;

let slow: HttpSink;
let quick: HttpSink;
let silence: DnsServer;
let worker: Child;
let operations: string;

beforeAll(async () => {
  const free = await tryPort(0, "127.0.0.1");
  if (free.kind === "refused") throw new Error("No free port.");
  operations = `http://127.0.0.1:${free.port}`;
  slow = await startHttpSink({ durable: false });
  quick = await startHttpSink({ durable: false });
  silence = await startDnsServer(() => "silence");
});
beforeEach(startWorker);
afterEach(async () => {
  worker.kill("SIGKILL");
  await worker.exited;
  expect(worker.noise()).toBe("");
  // What one test left open would be taken up beside the next.
  await pool().query(
    `WITH ended AS (
       UPDATE run SET status = 'canceled', finished_at = now(), lease_token = NULL, lease_pool = NULL, wake_at = NULL
       WHERE finished_at IS NULL RETURNING id, workspace_id
     ) ${endOpenSteps("SELECT id, workspace_id FROM ended")}`,
  );
  await pool().query("DELETE FROM held_back_run");
});
afterAll(async () => {
  await silence.stop();
  await slow.close();
  await quick.close();
  await closeRunPools();
});

async function startWorker(): Promise<void> {
  worker = startChild("server/worker.ts", {
    DATABASE_URL: database.url,
    HOOKLINE_SECRET_KEY: randomBytes(32).toString("base64"),
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_DNS_SERVERS: silence.address,
    HOOKLINE_SANDBOX_PROCESSES: "1",
    HOOKLINE_WORKER_PORT: new URL(operations).port,
  });
  await worker.waitForLine("worker is working", 60_000);
}

const post = (url: string, more: object = {}): Step => ({
  kind: "action",
  id: "call",
  name: "Call",
  action: "http.request",
  input: { method: "POST", url, body: { kind: "json", json: '{"n": {{ trigger.body.n }} }' } },
  ...more,
});

async function sendAll(rows: FlowRows, count: number): Promise<string[]> {
  const runs: string[] = [];
  for (let n = 0; n < count; n += 1) runs.push((await insertEventRun(rows, JSON.stringify({ n }))).runId);
  return runs;
}

/** Sends events to a quick flow of the same workspace for five seconds and says how late its runs started. */
async function startsBeside(rows: FlowRows): Promise<{ p99Ms: number; statuses: string[]; ready: number[] }> {
  const other = await insertFlowRows(flowOf([post(`${quick.url}/quick`)]), { workspaceId: rows.workspaceId });
  const ready: number[] = [];
  for (let n = 0; n < EVENTS; n += 1) {
    const began = performance.now();
    await insertEventRun(other, JSON.stringify({ n }));
    if (n % 20 === 19) ready.push((await fetch(`${operations}/readyz`)).status);
    await sleep(Math.max(0, EVERY_MS - (performance.now() - began)));
  }
  const ended = async () =>
    (
      await pool().query<{ status: string; ms: number }>(
        `SELECT status, extract(epoch FROM started_at - created_at)::float8 * 1000 AS ms FROM run
         WHERE flow_id = $1 AND finished_at IS NOT NULL ORDER BY ms`,
        [other.flowId],
      )
    ).rows;
  await expect.poll(async () => (await ended()).length, { timeout: 20_000 }).toBe(EVENTS);
  const runs = await ended();
  const p99Ms = runs[Math.ceil(runs.length * 0.99) - 1]?.ms ?? Number.NaN;
  return { p99Ms, statuses: [...new Set(runs.map(({ status }) => status))], ready };
}

function tell(what: string, { p99Ms }: { p99Ms: number }): void {
  process.stdout.write(`beside ${what}: another flow's runs start p99 ${Math.round(p99Ms)} ms after they were made\n`);
}

describe("a quick flow", () => {
  test("starts within a second beside 200 events for a silent target; they wait at a gate, lose no try", async () => {
    slow.answer(() => "hang");
    const rows = await insertFlowRows(flowOf([post(`${slow.url}/never`)]));
    const runs = await sendAll(rows, 200);
    const beside = await startsBeside(rows);
    tell("200 calls that are never answered", beside);
    expect(beside.statuses).toEqual(["succeeded"]);
    expect(beside.p99Ms).toBeLessThan(START_MS_MAX);
    expect(new Set(beside.ready)).toEqual(new Set([200]));

    const open = await pool().query<{ id: string; held: boolean; leased: boolean }>(
      `SELECT r.id, h.run_id IS NOT NULL AS held, r.lease_token IS NOT NULL AS leased
       FROM run r LEFT JOIN held_back_run h ON h.run_id = r.id WHERE r.flow_id = $1 ORDER BY r.id`,
      [rows.flowId],
    );
    expect(open.rows.every(({ held, leased }) => held !== leased)).toBe(true);
    const held = open.rows.filter((run) => run.held);
    expect(held.length).toBeGreaterThan(0);
    expect(held.length).toBeLessThanOrEqual(100);
    const reason = await findHeldBack(rows.workspaceId, held[0]?.id ?? "");
    expect(reason).toMatchObject({ kind: expect.stringMatching(/^(flow|target)$/), since: expect.any(Date) });

    // The worker dies with all of it; the next one, and a target that answers, bring every run to its end.
    slow.answer(() => ({ status: 200 }));
    worker.kill("SIGKILL");
    await worker.exited;
    await startWorker();
    const succeeded = async () =>
      (await pool().query("SELECT FROM run WHERE flow_id = $1 AND status = 'succeeded'", [rows.flowId])).rowCount;
    await expect.poll(succeeded, { timeout: 60_000 }).toBe(runs.length);
    const steps = (await Promise.all(held.map(({ id }) => keptSteps(id)))).flat();
    expect(steps.map(({ attempts }) => attempts)).toEqual(held.map(() => 1));
    expect((await pool().query("SELECT FROM held_back_run")).rowCount).toBe(0);
  }, 150_000);

  test("starts within a second beside 200 events for twenty hosts whose names nobody answers for", async () => {
    const retry = { attempts: 10, firstMs: 1_000, factor: 1, maxMs: 1_000 };
    const url = "http://silent{{ trigger.body.n % 20 }}.test/";
    const rows = await insertFlowRows(flowOf([post(url, { settings: { retry } })]));
    await sendAll(rows, 200);
    const beside = await startsBeside(rows);
    tell("twenty silent names", beside);
    expect(beside.statuses).toEqual(["succeeded"]);
    expect(beside.p99Ms).toBeLessThan(START_MS_MAX);
    expect(new Set(beside.ready)).toEqual(new Set([200]));
    expect(new Set(silence.questions.map((question) => question.split(" ")[1])).size).toBe(20);
  }, 90_000);

  test("starts within a second beside 300 events whose expressions each need half a second of processor", async () => {
    const heavy = "$sum($map([1..20000], function($n) { $sqrt($n) * $power($n, 2) }))";
    const rows = await insertFlowRows(
      flowOf([{ kind: "action", id: "sum", name: "Sum", action: "transform", input: { value: heavy } }]),
    );
    await sendAll(rows, 300);
    const beside = await startsBeside(rows);
    tell("300 heavy expressions", beside);
    expect(beside.statuses).toEqual(["succeeded"]);
    expect(beside.p99Ms).toBeLessThan(START_MS_MAX);
    expect(new Set(beside.ready)).toEqual(new Set([200]));
  }, 90_000);

  test("is not slow because of its backlog: of 2,000 events that waited, most are never held back", async () => {
    worker.kill("SIGKILL");
    await worker.exited;
    slow.answer(() => ({ status: 200 }));
    const rows = await insertFlowRows(flowOf([post(`${slow.url}/backlog`)]));
    await sendAll(rows, 2_000);
    await startWorker();
    let heldMost = 0;
    const left = async () => {
      const { rows: counts } = await pool().query<{ open: number; held: number }>(
        `SELECT (SELECT count(*)::int FROM run WHERE flow_id = $1 AND finished_at IS NULL) AS open,
                (SELECT count(*)::int FROM held_back_run) AS held`,
        [rows.flowId],
      );
      heldMost = Math.max(heldMost, counts[0]?.held ?? 0);
      return counts[0]?.open;
    };
    await expect.poll(left, { timeout: 60_000, interval: 50 }).toBe(0);
    process.stdout.write(`of a backlog of 2,000 at most ${heldMost} were held back\n`);
    expect(heldMost).toBeLessThan(1_000);
  }, 120_000);
});
