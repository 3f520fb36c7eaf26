import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/** The newest samples of an endpoint whose bodies have at most `bytesMax` bytes; headers are JSON text of pairs. */
export async function listSampleBodies(
  workspaceId: WorkspaceId,
  endpointId: string,
  limit: number,
  bytesMax: number,
): Promise<Array<{ headers: string; body: Buffer }>> {
  const { rows } = await pool().query<{ headers: string; body: Buffer }>(
    `SELECT headers, body FROM sample WHERE workspace_id = $1 AND endpoint_id = $2 AND octet_length(body) <= $4
     ORDER BY created_at DESC, id DESC LIMIT $3`,
    [workspaceId, endpointId, limit, bytesMax],
  );
  return rows;
}
