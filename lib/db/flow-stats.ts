import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** What a flow did lately. */
export type FlowStats = { runs: number; failures: number; lastRun: { id: string; status: string; at: Date } | null };

/** Runs and failures per flow since a moment, and each flow's last run ever; test runs are not counted. */
export async function listFlowStats(
  workspaceId: WorkspaceId,
  flowIds: readonly string[],
  since: Date,
  db: Db = prisma(),
): Promise<Map<string, FlowStats>> {
  // Ids are uuidv7: the smallest id of a moment bounds the scan of (workspace_id, id).
  const floor = `${newId(since).slice(0, 13)}-7000-8000-000000000000`;
  const ids = [...flowIds];
  const [counts, last] = await Promise.all([
    db.$queryRaw<{ flow_id: string; runs: bigint; failures: bigint }[]>`
      SELECT flow_id::text, count(*) AS runs, count(*) FILTER (WHERE status = 'failed') AS failures
      FROM run WHERE workspace_id = ${workspaceId}::uuid AND id >= ${floor}::uuid AND kind <> 'test' GROUP BY flow_id`,
    db.$queryRaw<{ flow_id: string; id: string; status: string; created_at: Date }[]>`
      SELECT f.id::text AS flow_id, r.id::text, r.status, r.created_at FROM unnest(${ids}::uuid[]) AS f(id)
      CROSS JOIN LATERAL (SELECT id, status, created_at FROM run WHERE flow_id = f.id AND workspace_id = ${workspaceId}::uuid AND kind <> 'test' ORDER BY id DESC LIMIT 1) r`,
  ]);
  const stats = new Map<string, FlowStats>(ids.map((id) => [id, { runs: 0, failures: 0, lastRun: null }]));
  for (const row of counts)
    stats.set(row.flow_id, { runs: Number(row.runs), failures: Number(row.failures), lastRun: null });
  for (const row of last)
    stats.set(row.flow_id, {
      ...(stats.get(row.flow_id) ?? { runs: 0, failures: 0 }),
      lastRun: { id: row.id, status: row.status, at: row.created_at },
    });
  return stats;
}
