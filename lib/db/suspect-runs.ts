import { runPool } from "#lib/db/run-pool.ts";

/** How often a run was claimed since it last got further; null when there is no such run. */
export async function findClaims(runId: string): Promise<number | null> {
  const { rows } = await runPool().query<{ claims: number }>({
    name: "find-claims",
    text: "SELECT claims FROM run WHERE id = $1",
    values: [runId],
  });
  return rows[0]?.claims ?? null;
}

/** Adds a job for a run that is looked at again later; one per run, however often it is put back. */
export async function postponeRun(runId: string, delayMs: number): Promise<void> {
  await runPool().query(
    `SELECT graphile_worker.add_job('run', json_build_object('runId', $1::uuid), run_at => now() + $2 * interval '1 ms',
       max_attempts => 32767, job_key => 'run:' || $1::uuid)`,
    [runId, delayMs],
  );
}
