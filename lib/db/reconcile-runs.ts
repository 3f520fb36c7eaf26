import { upkeepPool } from "#lib/db/run-pool.ts";

/** A due run without lease is looked at after this long. */
const GRACE_MS = 10_000;
const RUNS_PER_ROUND_MAX = 1_000;

/**
 * Adds a job for every due run that nobody holds and whose job is gone; returns their ids. Jobs are taken in the order
 * of their time, so a run whose time lies before that of every job still waiting has none, unless one waits under its
 * key for a time of its own; a job that was fetched a moment ago still waits for a place. Runs held back at a gate have
 * none until it opens. A job with no attempts left waits for nothing: adding one with its key while a worker held it
 * makes it so, and when that worker dies, it stays. A run comes back at its own time, ahead of all that came after it.
 */
export async function reconcileRuns(): Promise<string[]> {
  const { rows } = await upkeepPool().query<{ id: string }>(
    `WITH head AS MATERIALIZED (
       SELECT min(run_at) AS run_at FROM graphile_worker.jobs
       WHERE task_identifier = 'run' AND (locked_at IS NULL OR locked_at > now() - interval '10 seconds')
         AND run_at <= now() AND attempts < max_attempts
     ), stuck AS MATERIALIZED (
       SELECT r.id, coalesce(r.wake_at, r.created_at) AS due_at FROM run r, head
       WHERE r.status IN ('queued', 'running', 'waiting', 'retrying') AND r.lease_token IS NULL
         AND coalesce(r.wake_at, r.created_at) < now() - $1 * interval '1 ms'
         AND NOT EXISTS (SELECT FROM held_back_run h WHERE h.run_id = r.id)
         AND NOT EXISTS (SELECT FROM graphile_worker._private_jobs j
                         WHERE j.key = 'run:' || r.id AND j.locked_at IS NULL AND j.attempts < j.max_attempts)
         AND (head.run_at IS NULL OR coalesce(r.wake_at, r.created_at) < head.run_at - interval '1 second')
       ORDER BY r.id LIMIT $2
     ), added AS (
       SELECT count(*) FROM (
         SELECT graphile_worker.add_jobs(array_agg(
           ROW('run', json_build_object('runId', id), NULL, due_at, 32767, 'run:' || id,
               NULL, NULL)::graphile_worker.job_spec), true)
         FROM stuck HAVING count(*) > 0) a
     )
     SELECT stuck.id FROM stuck, added`,
    [GRACE_MS, RUNS_PER_ROUND_MAX],
  );
  return rows.map((row) => row.id);
}
