import type { WorkspaceId } from "#lib/core/ids.ts";
import { CLAIMS_SUSPECT } from "#lib/db/claims.ts";
import { endOpenSteps } from "#lib/db/open-steps.ts";
import { runPool } from "#lib/db/run-pool.ts";

/** Whether a run waits for a worker and may only be worked on in a process of its own. */
export async function isSuspectRun(runId: string): Promise<boolean> {
  const { rowCount } = await runPool().query({
    name: "is-suspect-run",
    text: `SELECT FROM run WHERE id = $1 AND claims >= ${CLAIMS_SUSPECT} AND lease_token IS NULL
             AND status || '' IN ('queued', 'running', 'waiting', 'retrying')
             AND (wake_at IS NULL OR wake_at <= now())`,
    values: [runId],
  });
  return rowCount === 1;
}

/** Before jobs of the usual priority, 0: a run that is put back would come after the whole backlog each time. */
const AHEAD = -1;

/** Adds a job for a run that is looked at again later; one per run, however often it is put back. */
export async function postponeRun(runId: string, delayMs: number): Promise<void> {
  await runPool().query(
    `SELECT graphile_worker.add_job('run', json_build_object('runId', $1::uuid), run_at => now() + $2 * interval '1 ms',
       max_attempts => 32767, job_key => 'run:' || $1::uuid, priority => $3)`,
    [runId, delayMs, AHEAD],
  );
}

/** A run that was quarantined, with what it takes to tell others. */
export type QuarantinedRun = { id: string; workspaceId: WorkspaceId; versionId: string; kind: string; eventId: string };

/**
 * Fails a run that took down the process which worked on it as the pool `poolId`, and that pool with it. Null when it
 * is not that pool's to judge any more: it ended, was parked or canceled, or somebody else holds it by now.
 */
export async function quarantineRun(runId: string, poolId: string, message: string): Promise<QuarantinedRun | null> {
  const { rows } = await runPool().query<{
    workspace_id: WorkspaceId;
    version_id: string;
    kind: string;
    event_id: string;
  }>(
    `WITH gone AS (UPDATE worker_pool SET dead_at = coalesce(dead_at, now()) WHERE id = $2),
     ended AS (
       UPDATE run SET status = 'failed', error_code = 'quarantined', error_message = $3, lease_token = NULL,
                      lease_pool = NULL, wake_at = NULL, finished_at = now()
       WHERE id = $1 AND status || '' = 'running' AND (lease_token IS NULL OR lease_pool = $2)
       RETURNING id, workspace_id, version_id, kind, event_id
     ), closed AS (
       ${endOpenSteps("SELECT id, workspace_id FROM ended")}
     )
     SELECT workspace_id, version_id, kind, event_id FROM ended`,
    [runId, poolId, message],
  );
  const row = rows[0];
  return row === undefined
    ? null
    : { id: runId, workspaceId: row.workspace_id, versionId: row.version_id, kind: row.kind, eventId: row.event_id };
}
