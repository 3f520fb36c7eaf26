import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/**
 * Event types of the newest 2,000 runs, by name: enough to choose from, and one index scan however many runs there are.
 */
export async function listRecentEventTypes(workspaceId: WorkspaceId, db: Db = prisma()): Promise<string[]> {
  const rows = await db.$queryRaw<{ type: string }[]>`
    SELECT DISTINCT event_type AS type
    FROM (SELECT event_type FROM run WHERE workspace_id = ${workspaceId}::uuid ORDER BY id DESC LIMIT 2000) AS newest
    WHERE event_type IS NOT NULL ORDER BY 1 LIMIT 200`;
  return rows.map(({ type }) => type);
}
