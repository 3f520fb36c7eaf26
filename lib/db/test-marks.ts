import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/**
 * What stands in the header x-hookline-test of those of the requests that carry it, by request id; whether it is
 * genuine is not judged here.
 */
export async function listTestMarks(workspaceId: WorkspaceId, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map();
  const where = `workspace_id = $1 AND headers LIKE '%"x-hookline-test",%'`;
  const mark = `substring(headers from '"x-hookline-test","([A-Za-z0-9_.-]{1,100})"')`;
  const { rows } = await pool().query<{ id: string; mark: string | null }>(
    `SELECT event_id AS id, ${mark} AS mark FROM event_payload WHERE event_id = ANY ($2::uuid[]) AND ${where}
     UNION ALL SELECT id, ${mark} FROM request WHERE id = ANY ($2::uuid[]) AND ${where}`,
    [workspaceId, ids],
  );
  return new Map(rows.flatMap((row) => (row.mark === null ? [] : [[row.id, row.mark] as const])));
}
