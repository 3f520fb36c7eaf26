import type pg from "pg";
import { inPgTransaction } from "#lib/db/in-pg-transaction.ts";
import { upkeepPool } from "#lib/db/run-pool.ts";

/** A pool that has not beaten for this long is dead; its runs and jobs go to others. */
export const POOL_SILENCE_MS_MAX = 6_000;

/** A claim that proves nothing against its run; how many such there may be is bounded where runs are executed. */
const FORGIVE = "claims = greatest(claims - 1, 0), faults = faults + 1";

/** Makes a worker pool known; it must be before its first claim. */
export async function insertWorkerPool(pool: { id: string; host: string; pid: number }): Promise<void> {
  await upkeepPool().query("INSERT INTO worker_pool (id, host, pid) VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING", [
    pool.id,
    pool.host,
    pool.pid,
  ]);
}

/** Says that a pool lives; false when it was declared dead meanwhile and must stop. */
export async function beatWorkerPool(poolId: string): Promise<boolean> {
  const { rowCount } = await upkeepPool().query(
    "UPDATE worker_pool SET beat_at = now() WHERE id = $1 AND dead_at IS NULL",
    [poolId],
  );
  return rowCount === 1;
}

/**
 * Declares silent pools dead, takes their leases back and their jobs out of their hands: all at once. Silence counts
 * from the database's own start at the earliest, because nobody could beat while it was down. Returns the ids declared
 * dead.
 */
export async function sweepSilentPools(): Promise<string[]> {
  return inPgTransaction(upkeepPool(), async (client) => {
    const { rows } = await client.query<{ id: string }>(
      `UPDATE worker_pool SET dead_at = now() WHERE dead_at IS NULL
         AND greatest(beat_at, pg_postmaster_start_time()) < now() - $1 * interval '1 ms' RETURNING id`,
      [POOL_SILENCE_MS_MAX],
    );
    const dead = rows.map((row) => row.id);
    await takeLeasesBack(client);
    if (dead.length > 0) {
      await client.query("SELECT graphile_worker.force_unlock_workers($1::text[])", [dead]);
      await ringBell(client);
    }
    return dead;
  });
}

/**
 * Ends a pool of this process (or of a child of it): what it still holds goes to others at once. Its runs did not take
 * the process down, so the claim they had here is not held against them.
 */
export async function retireWorkerPool(poolId: string): Promise<void> {
  await inPgTransaction(upkeepPool(), async (client) => {
    await client.query("UPDATE worker_pool SET dead_at = coalesce(dead_at, now()) WHERE id = $1", [poolId]);
    await client.query(
      withJobs(`UPDATE run SET lease_token = NULL, lease_pool = NULL, ${FORGIVE} WHERE id IN (
         SELECT r.id FROM run r WHERE r.lease_token IS NOT NULL AND r.lease_pool = $1
         ORDER BY r.id FOR NO KEY UPDATE)`),
      [poolId],
    );
    await takeLeasesBack(client);
    await client.query("SELECT graphile_worker.force_unlock_workers(ARRAY[$1])", [poolId]);
    await ringBell(client);
  });
}

/** Freed jobs make no sound: a job about no run wakes every idle worker now instead of at its next poll. */
async function ringBell(client: pg.PoolClient): Promise<void> {
  await client.query("SELECT graphile_worker.add_job('run', json_build_object('runId', $1::text), job_key => 'bell')", [
    "00000000-0000-0000-0000-000000000000",
  ]);
}

/** Leases of pools that are not alive, also of one that claimed in the moment it was declared dead. */
async function takeLeasesBack(client: pg.PoolClient): Promise<void> {
  await client.query(
    withJobs(`UPDATE run SET lease_token = NULL, lease_pool = NULL WHERE id IN (
       SELECT r.id FROM run r WHERE r.lease_token IS NOT NULL
         AND NOT EXISTS (SELECT FROM worker_pool p WHERE p.id = r.lease_pool AND p.dead_at IS NULL)
       ORDER BY r.id FOR NO KEY UPDATE)`),
  );
}

/**
 * A run that had stepped aside has no job any more; one that had not gets a second, which finds nothing to do. It comes
 * at the run's own time: behind a backlog, a run that lost its worker would wait for all that came after it.
 */
function withJobs(update: string): string {
  return `WITH freed AS (${update} RETURNING id, created_at)
    SELECT graphile_worker.add_jobs(array_agg(
      ROW('run', json_build_object('runId', id), NULL, created_at, 32767, 'run:' || id,
          NULL, NULL)::graphile_worker.job_spec))
    FROM freed HAVING count(*) > 0`;
}

/**
 * Puts a run that is held under a token into the hands of another pool of this worker; false when it is not held so.
 */
export async function moveLease(run: { id: string; leaseToken: string }, poolId: string): Promise<boolean> {
  const { rowCount } = await upkeepPool().query("UPDATE run SET lease_pool = $3 WHERE id = $1 AND lease_token = $2", [
    run.id,
    run.leaseToken,
    poolId,
  ]);
  return rowCount === 1;
}

/** The lease tokens a pool holds according to the database. */
export async function listLeaseTokens(poolId: string): Promise<string[]> {
  const { rows } = await upkeepPool().query<{ lease_token: string }>(
    "SELECT lease_token FROM run WHERE lease_token IS NOT NULL AND lease_pool = $1",
    [poolId],
  );
  return rows.map((row) => row.lease_token);
}

/**
 * Gives back leases that no handler holds any more: the database was away when it let go, or the answer to the claim
 * was lost. The process lives, so the claim is not held against the run. Returns how many there were.
 */
export async function releaseLeases(tokens: readonly string[], connections = upkeepPool()): Promise<number> {
  const { rowCount } = await connections.query(
    `UPDATE run SET lease_token = NULL, lease_pool = NULL, ${FORGIVE} WHERE id IN (
       SELECT id FROM run WHERE lease_token = ANY ($1::uuid[]) ORDER BY id FOR NO KEY UPDATE)`,
    [tokens],
  );
  return rowCount ?? 0;
}

/**
 * Frees jobs held by pools that are dead or were never known here, clears away jobs that are never tried again (each
 * was replaced by another while a worker held it), and forgets pools dead for a day.
 */
export async function unlockOrphanedJobs(): Promise<void> {
  await upkeepPool().query(
    `SELECT graphile_worker.force_unlock_workers(array_agg(o.locked_by)) FROM (
       SELECT DISTINCT j.locked_by FROM graphile_worker.jobs j
       WHERE j.locked_at < now() - interval '15 seconds'
         AND NOT EXISTS (SELECT FROM worker_pool p WHERE p.id = j.locked_by AND p.dead_at IS NULL)) o
     HAVING count(*) > 0`,
  );
  await upkeepPool().query(
    "DELETE FROM graphile_worker._private_jobs WHERE locked_at IS NULL AND attempts >= max_attempts",
  );
  await upkeepPool().query("DELETE FROM worker_pool WHERE dead_at < now() - interval '1 day'");
}
