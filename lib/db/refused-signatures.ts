import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/** How many of an endpoint's kept requests were refused since a moment because they did not verify, and the newest of them. */
export async function countRefusedSignatures(
  workspaceId: WorkspaceId,
  endpointId: string,
  since: Date,
): Promise<{ count: number; newestId: string | null }> {
  const { rows } = await pool().query<{ count: number; newestId: string | null }>(
    `SELECT count(*)::int AS count, (array_agg(id ORDER BY id DESC))[1] AS "newestId" FROM request
     WHERE workspace_id = $1 AND endpoint_id = $2 AND verdict = 'refused' AND verification = 'not verified' AND status = 401
       AND received_at >= $3`,
    [workspaceId, endpointId, since],
  );
  return rows[0] ?? { count: 0, newestId: null };
}
