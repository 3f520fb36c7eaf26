import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import type { Db } from "#lib/db/prisma.ts";

/** How many events of an endpoint wait for its resume; counts to 10,000 and then stops. */
export async function countParkedEvents(workspaceId: WorkspaceId, endpointId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    `SELECT count(*)::int AS count FROM
       (SELECT 1 FROM event WHERE workspace_id = $1 AND endpoint_id = $2 AND verdict = 'parked' LIMIT 10000) parked`,
    [workspaceId, endpointId],
  );
  return rows[0]?.count ?? 0;
}

/** When the first parked event came among those that a flow listens for now; null when none is parked. */
export async function findOldestParked(workspaceId: WorkspaceId, flowId: string, db: Db): Promise<Date | null> {
  const rows = await db.$queryRaw<{ received_at: Date | null }[]>`
    SELECT min(first.received_at) AS received_at FROM flow_trigger t CROSS JOIN LATERAL (
      SELECT received_at FROM event v WHERE v.endpoint_id = t.endpoint_id AND v.verdict = 'parked' ORDER BY v.id LIMIT 1
    ) first WHERE t.workspace_id = ${workspaceId}::uuid AND t.flow_id = ${flowId}::uuid`;
  return rows[0]?.received_at ?? null;
}
