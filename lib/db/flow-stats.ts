import { firstIdOf } from "#lib/core/first-id-of.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { HOUR } from "#lib/core/units.ts";
import { countByHour, HOURS_COUNTED } from "#lib/db/hourly-counts.ts";
import { pool } from "#lib/db/pool.ts";

/** What a flow did in the last 24 hours, and its last run ever. */
export type FlowStats = {
  runs: number;
  failures: number;
  lastRun: { id: string; status: string; at: Date } | null;
};

/** Failures are counted among the newest so many of the workspace. */
const FAILURES_MAX = 10_000;

/**
 * Runs and failures of each flow in the last 24 hours and each flow's last run; test runs are not counted. `more`:
 * there were over 10,000 failures, of which the newest are counted.
 */
export async function listFlowStats(
  workspaceId: WorkspaceId,
  flowIds: readonly string[],
  now: Date,
): Promise<{ flows: Map<string, FlowStats>; more: boolean }> {
  const since = new Date((Math.floor(now.getTime() / HOUR) - HOURS_COUNTED + 1) * HOUR);
  const [runs, failures, last] = await Promise.all([
    countByHour(workspaceId, "runs", now),
    countFailures(workspaceId, since),
    findLastRuns(workspaceId, flowIds),
  ]);
  const statsOf = (id: string): FlowStats => ({
    runs: (runs.get(id) ?? []).reduce((sum, count) => sum + count, 0),
    failures: failures.get(id) ?? 0,
    lastRun: last.get(id) ?? null,
  });
  const failed = [...failures.values()].reduce((sum, count) => sum + count, 0);
  return { flows: new Map(flowIds.map((id) => [id, statsOf(id)])), more: failed >= FAILURES_MAX };
}

async function countFailures(workspaceId: WorkspaceId, since: Date): Promise<Map<string, number>> {
  const { rows } = await pool().query<{ id: string; count: number }>(
    `SELECT flow_id AS id, count(*)::int AS count FROM (
       SELECT flow_id FROM run WHERE workspace_id = $1 AND status = 'failed' AND id >= $2::uuid AND kind <> 'test'
       ORDER BY id DESC LIMIT $3) newest
     GROUP BY flow_id`,
    [workspaceId, firstIdOf(since), FAILURES_MAX],
  );
  return new Map(rows.map(({ id, count }) => [id, count]));
}

/**
 * Written as a range of one flow in the order of the index over (flow_id, id): asked for the newest id of a flow that
 * has few or none, the planner takes the primary key and reads the whole table (4 s at a million runs, so 1 ms).
 */
async function findLastRuns(workspaceId: WorkspaceId, flowIds: readonly string[]) {
  const { rows } = await pool().query<{ flowId: string; id: string; status: string; at: Date }>(
    `SELECT r.* FROM unnest($2::uuid[]) AS f(id) CROSS JOIN LATERAL (
       SELECT flow_id AS "flowId", id, status, created_at AS at FROM run
       WHERE flow_id >= f.id AND flow_id <= f.id AND workspace_id = $1 AND kind <> 'test'
       ORDER BY flow_id, id DESC LIMIT 1) r`,
    [workspaceId, flowIds],
  );
  return new Map(rows.map(({ flowId, ...run }) => [flowId, run]));
}
