import { SECOND } from "#lib/core/units.ts";
import { findCanaryAgeMs } from "./canaries.ts";
import type { SqlClient } from "./with-client.ts";

/** What waits and who works, over all workspaces: for operators, never shown to a workspace. */
export type QueueState = {
  byStatus: Record<string, number>;
  /** Runs held back at gates, by the kind of gate. */
  heldBack: Record<string, number>;
  oldestQueuedSeconds: number;
  workersAlive: number;
  /** Since a run last went through queue, claim and finish as a proof; null when none ever did. */
  canaryAgeSeconds: number | null;
};

/** Counts runs that are under way (read from the index of open runs) and living workers. */
export async function getQueueState(client: SqlClient): Promise<QueueState> {
  const runs = await client.query<{ status: string; count: number; oldest: number }>(
    `SELECT status, count(*)::int AS count,
            coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest
     FROM run WHERE status IN ('queued', 'running', 'waiting', 'retrying') GROUP BY status`,
  );
  const heldBack = await client.query<{ gate_kind: string; count: number }>(
    "SELECT gate_kind, count(*)::int AS count FROM held_back_run GROUP BY gate_kind",
  );
  const workers = await client.query<{ alive: number }>(
    `SELECT count(*)::int AS alive FROM worker_pool
     WHERE dead_at IS NULL AND beat_at > now() - interval '6 seconds' AND id NOT LIKE 'alone%'`,
  );
  const canaryAgeMs = await findCanaryAgeMs(client);
  return {
    byStatus: Object.fromEntries(runs.rows.map((row) => [row.status, row.count])),
    heldBack: Object.fromEntries(heldBack.rows.map((row) => [row.gate_kind, row.count])),
    oldestQueuedSeconds: runs.rows.find((row) => row.status === "queued")?.oldest ?? 0,
    workersAlive: workers.rows[0]?.alive ?? 0,
    canaryAgeSeconds: canaryAgeMs === null ? null : canaryAgeMs / SECOND,
  };
}
