import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/** How many events of an endpoint wait for its resume; counts to 10,000 and then stops. */
export async function countParkedEvents(workspaceId: WorkspaceId, endpointId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    `SELECT count(*)::int AS count FROM
       (SELECT 1 FROM event WHERE workspace_id = $1 AND endpoint_id = $2 AND verdict = 'parked' LIMIT 10000) parked`,
    [workspaceId, endpointId],
  );
  return rows[0]?.count ?? 0;
}
