import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { upkeepPool } from "#lib/db/run-pool.ts";

/** A workspace's brake that is on: nothing of it begins but what is let through. */
export type Brake = {
  since: Date;
  /** Why, as whoever pulled it said; "" for nothing said. */
  reason: string;
  /** Flows that go on. */
  releasedFlows: string[];
  /** Runs that are let through a minute, oldest first, of all flows; null = none. */
  perMinute: number | null;
};

/** The workspace's brake, or null while it is off. */
export async function findBrake(workspaceId: WorkspaceId, db: Db = prisma()): Promise<Brake | null> {
  const found = await db.brake.findUnique({ where: { workspaceId } });
  if (found === null) return null;
  const { since, reason, releasedFlows, perMinute } = found;
  return { since, reason, releasedFlows, perMinute };
}

/** Puts the brake on; false when it is on already, which stays as it is. */
export async function insertBrake(workspaceId: WorkspaceId, reason: string, db: Db): Promise<boolean> {
  const { count } = await db.brake.createMany({ data: [{ workspaceId, reason }], skipDuplicates: true });
  return count === 1;
}

/** Takes the brake off; false when it was off. */
export async function deleteBrake(workspaceId: WorkspaceId, db: Db): Promise<boolean> {
  return (await db.brake.deleteMany({ where: { workspaceId } })).count === 1;
}

/** Lets a flow go on under the brake; false when the brake is off. */
export async function releaseBrakeFor(workspaceId: WorkspaceId, flowId: string, db: Db): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE brake SET released_flows = array_append(array_remove(released_flows, ${flowId}::uuid), ${flowId}::uuid)
    WHERE workspace_id = ${workspaceId}::uuid`;
  return changed === 1;
}

/** Sets how many runs are let through a minute, from now on; false when the brake is off. */
export async function setBrakeRate(workspaceId: WorkspaceId, perMinute: number | null, db: Db): Promise<boolean> {
  const changed = await db.$executeRaw`
    UPDATE brake SET per_minute = ${perMinute}::int, let_at = now() WHERE workspace_id = ${workspaceId}::uuid`;
  return changed === 1;
}

/** How many runs wait at the brake, by flow. */
export async function countBraked(workspaceId: WorkspaceId): Promise<{ flowId: string; runs: number }[]> {
  const { rows } = await pool().query<{ flow_id: string; runs: number }>(
    `SELECT gate_key AS flow_id, count(*)::int AS runs FROM held_back_run
     WHERE workspace_id = $1 AND gate_kind = 'brake' GROUP BY gate_key ORDER BY runs DESC, gate_key`,
    [workspaceId],
  );
  return rows.map(({ flow_id, runs }) => ({ flowId: flow_id, runs }));
}

/** Puts the brake on in every workspace where it is off; returns in how many. */
export async function brakeAll(reason: string): Promise<number> {
  const { rowCount } = await upkeepPool().query(
    "INSERT INTO brake (workspace_id, reason) SELECT id, $1 FROM workspace ON CONFLICT DO NOTHING",
    [reason],
  );
  return rowCount ?? 0;
}

/** The brakes that are on, of all workspaces, for workers. */
export async function listBrakes(): Promise<{ workspaceId: string; releasedFlows: string[] }[]> {
  const { rows } = await upkeepPool().query<{ workspace_id: string; released_flows: string[] }>({
    name: "brakes",
    text: "SELECT workspace_id, released_flows::text[] AS released_flows FROM brake",
  });
  return rows.map((row) => ({ workspaceId: row.workspace_id, releasedFlows: row.released_flows }));
}
