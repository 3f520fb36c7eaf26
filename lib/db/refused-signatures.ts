import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/** Those of an endpoint's kept requests that were refused since a moment because they did not verify, newest first. */
export async function listRefusedSignatures(
  workspaceId: WorkspaceId,
  endpointId: string,
  since: Date,
): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    `SELECT id FROM request
     WHERE workspace_id = $1 AND endpoint_id = $2 AND verdict = 'refused' AND verification = 'not verified'
       AND status = 401
       AND received_at >= $3
     ORDER BY id DESC LIMIT 1000`,
    [workspaceId, endpointId, since],
  );
  return rows.map(({ id }) => id);
}
