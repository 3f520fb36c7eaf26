import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/**
 * How long an endpoint's senders waited for its answer: median and 99th percentile of the newest measured events; null
 * when none is.
 */
export async function findAnswerTimes(
  workspaceId: WorkspaceId,
  endpointId: string,
): Promise<{ p50Ms: number; p99Ms: number; count: number } | null> {
  const { rows } = await pool().query<{ p50Ms: number | null; p99Ms: number | null; count: number }>(
    `SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY answer_ms) AS "p50Ms",
            percentile_disc(0.99) WITHIN GROUP (ORDER BY answer_ms) AS "p99Ms",
            count(answer_ms)::int AS count
     FROM (SELECT answer_ms FROM event WHERE workspace_id = $1 AND endpoint_id = $2
           ORDER BY id DESC LIMIT 1000) newest`,
    [workspaceId, endpointId],
  );
  const row = rows[0];
  if (row === undefined || row.p50Ms === null || row.p99Ms === null) return null;
  return { p50Ms: row.p50Ms, p99Ms: row.p99Ms, count: row.count };
}
