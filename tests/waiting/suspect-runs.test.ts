import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

const database = useTestDatabase();
let sink: HttpSink;
let worker: Child;
let rows: FlowRows;

const startWorker = async () => {
  worker = startChild(
    "server/worker.ts",
    {
      DATABASE_URL: database.url,
      HOOKLINE_SECRET_KEY: randomBytes(32).toString("base64"),
      HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
      HOOKLINE_SANDBOX_PROCESSES: "1",
    },
    ["--import", "./tests/support/chaos/plant-poison.ts"],
  );
  await worker.waitForLine("worker is working");
};

beforeAll(async () => {
  sink = await startHttpSink();
  const input = { method: "POST", url: `${sink.url}/{{ trigger.body.n }}`, body: { kind: "none" } };
  const settings = { retry: { attempts: 5, firstMs: 300, factor: 1, maxMs: 300 } };
  rows = await insertFlowRows(
    flowOf([{ kind: "action", id: "call", name: "Call", action: "http.request", input, settings }]),
  );
  await startWorker();
});
beforeEach(() => sink.answer(() => ({ status: 200 })));
afterAll(async () => {
  worker.kill("SIGTERM");
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  await sink.close();
  await closeRunPools();
});

/** A run that lost two workers already. */
async function insertSuspect(body: object, claims = 2): Promise<string> {
  const { runId } = await insertEventRun(rows, JSON.stringify(body), { job: false });
  await pool().query("UPDATE run SET claims = $2 WHERE id = $1", [runId, claims]);
  await pool().query(
    "SELECT graphile_worker.add_job('run', json_build_object('runId', $1::uuid), max_attempts => 32767)",
    [runId],
  );
  return runId;
}
const run = async (id: string) =>
  (await pool().query("SELECT * FROM run WHERE id = $1", [id])).rows[0] as Record<string, unknown>;
const becomes = (id: string, timeout = 25_000) =>
  expect.poll(async () => (await run(id))["status"], { timeout, interval: 100 });
const ownPool = async (id: string) =>
  (
    await pool().query<{ id: string; pid: number }>(
      "SELECT p.id, p.pid FROM run r JOIN worker_pool p ON p.id = r.lease_pool WHERE r.id = $1",
      [id],
    )
  ).rows[0];
const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};
const livingOwnPools = async () =>
  (await pool().query("SELECT FROM worker_pool WHERE id LIKE 'alone%' AND dead_at IS NULL")).rowCount;

describe("a run that lost two workers is worked on in a process of its own", () => {
  test("and goes on like any other when it is innocent", async () => {
    const runId = await insertSuspect({ n: "innocent" });
    await becomes(runId).toBe("succeeded");
    expect(sink.hits().filter((hit) => hit.path === "/innocent")).toHaveLength(1);
    await expect.poll(livingOwnPools, { timeout: 5_000 }).toBe(0);
    expect(worker.lines().filter((line) => line["runId"] === runId).length).toBeGreaterThan(0);
  });

  test.each([
    ["signal", "ended by signal SIGKILL"],
    ["exit", "ended with exit code 0"],
    ["uncaught", "ended with exit code 70"],
    ["memory", "ran out of memory"],
    ["loop", "stopped answering"],
  ])("and is quarantined with the reason when it takes it down: %s", async (poison, reason) => {
    const pid = worker.pid;
    const guilty = await insertSuspect({ n: `guilty-${poison}`, poison });
    const neighbour = (await insertEventRun(rows, JSON.stringify({ n: `beside-${poison}` }))).runId;
    await becomes(guilty).toBe("failed");
    expect(await run(guilty)).toMatchObject({
      error_code: "quarantined",
      error_message: expect.stringContaining(reason),
      lease_token: null,
      lease_pool: null,
    });
    await becomes(neighbour).toBe("succeeded");
    expect(sink.hits().filter((hit) => hit.path === `/guilty-${poison}` && poison !== "uncaught")).toEqual([]);
    expect(worker.isRunning() && worker.pid === pid).toBe(true);
    expect(await livingOwnPools()).toBe(0);
  });

  test("and is quarantined when Hookline fails over it each time, but not when the database does", async () => {
    const throwing = await insertSuspect({ n: "throwing", poison: "throw" });
    const away = await insertSuspect({ n: "away", poison: "database" });
    await becomes(throwing).toBe("failed");
    expect(await run(throwing)).toMatchObject({
      error_code: "quarantined",
      error_message: expect.stringContaining("3 times"),
    });
    await expect.poll(async () => (await run(away))["faults"], { timeout: 20_000 }).toBeGreaterThanOrEqual(1);
    expect(await run(away)).toMatchObject({ status: "queued", claims: 2, error_code: "fault" });
    await pool().query("UPDATE run SET faults = 18, wake_at = now() WHERE id = $1", [away]);
    await pool().query("SELECT graphile_worker.add_job('run', json_build_object('runId', $1::uuid))", [away]);
    await becomes(away).toBe("failed");
    expect(await run(away)).toMatchObject({
      error_code: "quarantined",
      error_message: expect.stringContaining("20 times"),
    });
  });
});

test("many are worked on one after the other, and hold up nobody else meanwhile", async () => {
  const suspects = await Promise.all(Array.from({ length: 5 }, (_, n) => insertSuspect({ n: `many-${n}` })));
  await expect.poll(() => sink.hits().some((hit) => hit.path.startsWith("/many-")), { timeout: 25_000 }).toBe(true);
  const { runId } = await insertEventRun(rows, JSON.stringify({ n: "beside-many" }));
  await becomes(runId).toBe("succeeded");
  for (const id of suspects) await becomes(id).toBe("succeeded");
  expect(sink.hits().filter((hit) => hit.path.startsWith("/many-"))).toHaveLength(suspects.length);
  const begun = worker.lines().filter((line) => line["poolId"] !== undefined && line["runId"] !== undefined);
  expect(begun.filter((line) => suspects.includes(String(line["runId"])))).toHaveLength(suspects.length);
}, 60_000);

describe("its process", () => {
  test("lets the run go with its worker's stop, which proves nothing", async () => {
    sink.answer(() => "hang");
    const runId = await insertSuspect({ n: "stopped" });
    await expect.poll(() => sink.hits().filter((hit) => hit.path === "/stopped").length, { timeout: 20_000 }).toBe(1);
    const own = await ownPool(runId);
    worker.kill("SIGTERM");
    expect(await worker.exited).toEqual({ code: 0, signal: null });
    await expect.poll(() => isAlive(own?.pid ?? 0), { timeout: 5_000 }).toBe(false);
    await expect.poll(async () => (await run(runId))["lease_token"], { timeout: 10_000 }).toBeNull();
    sink.answer(() => ({ status: 200 }));
    await startWorker();
    await becomes(runId).toBe("succeeded");
  });

  test.each([["hanging in a call"], ["hanging in a loop"]])(
    "ends with a killed worker, %s, and gives the run back unproven",
    async (how) => {
      const n = how.replaceAll(" ", "-");
      sink.answer(() => "hang");
      const runId = await insertSuspect({ n, ...(how.endsWith("loop") ? { poison: "loop" } : {}) });
      await expect.poll(async () => (await ownPool(runId))?.id, { timeout: 20_000, interval: 50 }).toMatch(/^alone_/);
      const own = await ownPool(runId);
      if (!how.endsWith("loop"))
        await expect.poll(() => sink.hits().some((hit) => hit.path === `/${n}`), { timeout: 10_000 }).toBe(true);
      worker.kill("SIGKILL");
      await expect.poll(() => isAlive(own?.pid ?? 0), { timeout: 15_000, interval: 50 }).toBe(false);
      sink.answer(() => ({ status: 200 }));
      await startWorker();
      if (how.endsWith("loop")) await becomes(runId, 45_000).toBe("failed");
      else await becomes(runId).toBe("succeeded");
    },
    // Each step has its own bound; the worker, its process and its successor take their silences one after the other.
    90_000,
  );
});
