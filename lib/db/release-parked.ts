import { pool } from "#lib/db/pool.ts";
import { wantsEventType } from "#lib/db/wants-event-type.ts";

/** Events released by one statement; the rest follows in the next. */
const EVENTS_PER_STATEMENT = 500;

/** What was parked and is no longer. */
export type Released = { events: number; runs: number };

/**
 * Gives parked events of endpoints that are no longer paused their runs and jobs, oldest first, each exactly once: an
 * event changes its verdict in the statement that starts its runs. Of every endpoint when `endpointId` is left out.
 */
export async function releaseParkedEvents(endpointId?: string): Promise<Released> {
  const total: Released = { events: 0, runs: 0 };
  for (;;) {
    const { rows } = await pool().query<{ events: number; runs: number }>(RELEASE, [endpointId ?? null, EVENTS_PER_STATEMENT]);
    const released = rows[0] ?? { events: 0, runs: 0 };
    total.events += released.events;
    total.runs += released.runs;
    if (released.events < EVENTS_PER_STATEMENT) return total;
  }
}

const RELEASE = `
WITH parked AS MATERIALIZED (
  SELECT v.id FROM event v JOIN endpoint e ON e.id = v.endpoint_id AND e.paused_at IS NULL AND e.deleted_at IS NULL
  WHERE v.verdict = 'parked' AND ($1::uuid IS NULL OR v.endpoint_id = $1)
  ORDER BY v.id LIMIT $2 FOR UPDATE OF v SKIP LOCKED
), released AS (
  UPDATE event v
  SET verdict = CASE WHEN EXISTS (SELECT FROM flow_trigger t WHERE t.endpoint_id = v.endpoint_id AND t.workspace_id = v.workspace_id
                                    AND ${wantsEventType("t", "v.event_type")})
                     THEN 'accepted' ELSE 'no flow' END
  FROM parked WHERE v.id = parked.id
  RETURNING v.id, v.workspace_id, v.endpoint_id, v.event_type, v.verdict
), wanted AS MATERIALIZED (
  SELECT new_id() AS run_id, r.id AS event_id, r.workspace_id, r.endpoint_id, r.event_type, t.flow_id, t.version_id
  FROM released r JOIN flow_trigger t ON t.endpoint_id = r.endpoint_id AND t.workspace_id = r.workspace_id
    AND ${wantsEventType("t", "r.event_type")}
  ORDER BY r.id
), started AS (
  INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id)
  SELECT run_id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, run_id FROM wanted
), queued AS (
  SELECT count(*) FROM (
    SELECT graphile_worker.add_jobs(array_agg(
      ROW('run', json_build_object('runId', run_id), NULL, NULL, 32767, NULL, NULL, NULL)::graphile_worker.job_spec))
    FROM wanted HAVING count(*) > 0) jobs
)
SELECT (SELECT count(*) FROM released)::int AS events, (SELECT count(*) FROM wanted)::int AS runs FROM queued`;
