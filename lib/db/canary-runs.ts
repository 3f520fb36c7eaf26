import os from "node:os";
import { newId } from "#lib/core/ids.ts";
import { recordCanary } from "#lib/db/canaries.ts";
import { upkeepPool } from "#lib/db/run-pool.ts";

/** The workspace of canaries: nobody is a member, so no page or API answer ever shows one. */
const NOBODY = "00000000-0000-0000-0000-000000000000";

/** Queues a run of the built-in canary flow as any run is queued; returns its id. */
export async function insertCanaryRun(now: Date): Promise<string> {
  const id = newId(now);
  await upkeepPool().query(
    `WITH made AS (
       INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, kind, origin_run_id)
       VALUES ($1, $2, $2, $2, $2, 'canary', $1) RETURNING id
     )
     SELECT graphile_worker.add_jobs(array_agg(
       ROW('run', json_build_object('runId', id), NULL, NULL, 32767, NULL, NULL, NULL)::graphile_worker.job_spec))
     FROM made`,
    [id, NOBODY],
  );
  return id;
}

/** Takes finished canaries away; notes the proof for this machine when `id` is among them. Returns whether it was. */
export async function collectCanaryRun(id: string): Promise<boolean> {
  const { rowCount } = await upkeepPool().query(
    "SELECT FROM run WHERE id = $1 AND workspace_id = $2 AND status = 'succeeded'",
    [id, NOBODY],
  );
  if (rowCount !== 1) return false;
  await recordCanary(upkeepPool(), os.hostname());
  return true;
}

/** Removes every trace of canaries that ended, or that are old. */
export async function deleteCanaryRuns(): Promise<void> {
  await upkeepPool().query(
    `WITH gone AS (
       DELETE FROM run WHERE workspace_id = $1 AND lease_token IS NULL
         AND (finished_at IS NOT NULL OR created_at < now() - interval '1 minute') RETURNING id
     )
     DELETE FROM journal_part p USING gone WHERE p.run_id = gone.id`,
    [NOBODY],
  );
}
