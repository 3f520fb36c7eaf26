import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { claimRun } from "#lib/db/claims.ts";
import { pool } from "#lib/db/pool.ts";
import { reconcileRuns } from "#lib/db/reconcile-runs.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { postponeRun } from "#lib/db/suspect-runs.ts";
import { insertWorkerPool, retireWorkerPool, sweepSilentPools } from "#lib/db/worker-pools.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
let rows: FlowRows;
beforeAll(async () => {
  rows = await insertFlowRows(flowOf([]));
});
beforeEach(async () => {
  await pool().query("DELETE FROM graphile_worker._private_jobs");
  await pool().query("UPDATE run SET status = 'canceled', lease_token = NULL WHERE finished_at IS NULL");
});
afterAll(closeRunPools);

/** A run that came so long ago, with its job or without. */
async function runOf(ago: string, job = false): Promise<string> {
  const { runId } = await insertEventRun(rows, "{}", { job });
  await pool().query("UPDATE run SET created_at = now() - $2::interval WHERE id = $1", [runId, ago]);
  await pool().query(
    "UPDATE graphile_worker._private_jobs SET run_at = now() - $2::interval WHERE payload->>'runId' = $1",
    [runId, ago],
  );
  return runId;
}

/** The waiting jobs in the order they are taken, with whose they are and from when. */
async function line(): Promise<{ runId: string; priority: number; ahead: boolean }[]> {
  const { rows: jobs } = await pool().query<{ runId: string; priority: number; ahead: boolean }>(
    `SELECT payload->>'runId' AS "runId", priority, run_at > now() AS ahead FROM graphile_worker._private_jobs
     WHERE attempts < max_attempts AND payload->>'runId' NOT LIKE '00000000-%' ORDER BY priority, run_at, id`,
  );
  return jobs;
}

test("adds a job for a due run that has none, once, and leaves a backlog alone", async () => {
  await pool().query("DELETE FROM graphile_worker._private_jobs");
  const { runId } = await insertEventRun(rows, "{}", { job: false });
  await pool().query(
    "UPDATE run SET status = 'canceled' WHERE lease_token IS NULL AND status <> 'succeeded' AND id <> $1",
    [runId],
  );
  expect(await reconcileRuns()).toEqual([]);
  await pool().query("UPDATE run SET created_at = now() - interval '1 minute' WHERE id = $1", [runId]);
  expect(await reconcileRuns()).toEqual([runId]);
  await reconcileRuns();
  expect((await pool().query("SELECT FROM graphile_worker._private_jobs")).rowCount).toBe(1);
  // A job that is never tried again keeps nothing waiting.
  await pool().query(
    `UPDATE graphile_worker._private_jobs
     SET attempts = max_attempts, key = NULL, run_at = now() - interval '10 minutes'`,
  );
  expect(await reconcileRuns()).toEqual([runId]);
  await pool().query("DELETE FROM graphile_worker._private_jobs WHERE attempts = max_attempts");
  // Older jobs still wait: the queue is behind, nothing is lost.
  await pool().query("UPDATE graphile_worker._private_jobs SET run_at = now() - interval '10 minutes'");
  expect(await reconcileRuns()).toEqual([]);
  // A worker has just fetched them ahead; one that was fetched long ago is worked on and says nothing about others.
  const fetchedAgo = (ago: string) =>
    pool().query("UPDATE graphile_worker._private_jobs SET locked_by = 'pool-a', locked_at = now() - $1::interval", [
      ago,
    ]);
  await fetchedAgo("1 second");
  expect(await reconcileRuns()).toEqual([]);
  await fetchedAgo("1 minute");
  expect(await reconcileRuns()).toEqual([runId]);
});

test("a run that is looked at again later has not lost its job, and keeps its place ahead of others", async () => {
  const postponed = await runOf("10 minutes");
  await runOf("1 second", true);
  await postponeRun(postponed, 30_000);
  const before = await line();
  expect(before).toContainEqual({ runId: postponed, priority: -1, ahead: true });
  expect(await reconcileRuns()).toEqual([]);
  expect(await line()).toEqual(before);
});

test("a run that lost its job comes back at its own time, before what came after it", async () => {
  const lost = await runOf("10 minutes");
  const behind = [await runOf("30 seconds", true), await runOf("20 seconds", true)];
  expect(await reconcileRuns()).toEqual([lost]);
  expect((await line()).map((job) => job.runId)).toEqual([lost, ...behind]);
});

test.each([
  [
    "fell silent",
    async (id: string) => {
      await pool().query("UPDATE worker_pool SET beat_at = now() - interval '1 minute' WHERE id = $1", [id]);
      // Silence counts from the database's own start, which may be a moment ago.
      await expect.poll(sweepSilentPools, { timeout: 20_000 }).toEqual([id]);
    },
  ],
  ["stopped", retireWorkerPool],
])("what a worker held that %s comes before the backlog, and is not taken for lost", async (_how, end) => {
  const poolId = `pool-${randomUUID()}`;
  await insertWorkerPool({ id: poolId, host: "test", pid: 1 });
  const held = await runOf("10 minutes");
  const behind = [await runOf("40 seconds", true), await runOf("30 seconds", true)];
  expect(await claimRun({ runId: held, poolId, leaseToken: randomUUID() })).toMatchObject({ id: held });
  await end(poolId);
  expect((await line()).map((job) => job.runId)).toEqual([held, ...behind]);
  expect(await reconcileRuns()).toEqual([]);
});
