import { afterAll, beforeAll, expect, test } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { startWorkerPool, type WorkerPool } from "#lib/queue/worker-pool.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

const database = useTestDatabase();
const started: WorkerPool[] = [];

beforeAll(async () => {
  await pool().query("ALTER TABLE graphile_worker._private_tasks RENAME TO away");
});
afterAll(async () => {
  for (const each of started) await each.stop(1_000);
  await closeRunPools();
});

async function start(handled: string[] = []): Promise<WorkerPool> {
  const made = await startWorkerPool({
    databaseUrl: database.url,
    concurrency: 2,
    handle: ({ runId }) => {
      handled.push(runId);
      return { ended: Promise.resolve(), freed: new Promise(() => undefined) };
    },
    onDead: () => undefined,
  });
  started.push(made);
  return made;
}

async function hasAsked(): Promise<boolean> {
  const { rowCount } = await pool().query(
    `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'hookline queue'
       AND state = 'idle' AND query LIKE '%_private_tasks%'`,
  );
  return (rowCount ?? 0) > 0;
}

test("a pool whose first question for jobs failed says that it has ended, stops, and another one works", async () => {
  const broken = await start();
  await expect
    .poll(async () => (await pool().query("SELECT FROM worker_pool WHERE id = $1", [broken.id])).rowCount)
    .toBe(1);
  // It has asked, and was refused: on a busy machine it is known to be there before it asks.
  await expect.poll(hasAsked, { timeout: 10_000 }).toBe(true);
  await pool().query("ALTER TABLE graphile_worker.away RENAME TO _private_tasks");
  const runId = "00000000-0000-4000-8000-000000000001";
  await pool().query("SELECT graphile_worker.add_job('run', json_build_object('runId', $1::text))", [runId]);
  const startedMs = performance.now();
  await broken.ended;
  expect(performance.now() - startedMs).toBeGreaterThan(5_000);
  await broken.stop(1_000);
  const handled: string[] = [];
  await start(handled);
  await expect.poll(() => handled, { timeout: 10_000 }).toContain(runId);
}, 40_000);

test("a pool that has nothing to do goes on", async () => {
  const idle = await start();
  let over = false;
  void idle.ended.then(() => (over = true));
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(over).toBe(false);
}, 30_000);
