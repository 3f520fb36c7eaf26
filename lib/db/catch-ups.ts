import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { queueRuns } from "#lib/db/accept-events.ts";
import { inPgTransaction } from "#lib/db/in-pg-transaction.ts";
import { MISSED, type MissedQuery, missedValues } from "#lib/db/missed-events.ts";
import { pool } from "#lib/db/pool.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** Runs being started for events a flow missed. */
export type CatchUp = {
  id: string;
  flowId: string;
  choice: "last" | "all" | "chosen";
  state: "running" | "done" | "canceled";
  /** Runs it is to start, and has started. */
  total: number;
  started: number;
  createdAt: Date;
  endedAt: Date | null;
};

/** What a catch-up is made of. */
export type NewCatchUp = MissedQuery & { versionId: string; choice: CatchUp["choice"]; total: number };

/** Notes what is to be started, without starting it. The caller holds the flow's lock, and none of it is running. */
export async function insertCatchUp(workspaceId: WorkspaceId, catchUp: NewCatchUp, db: Db): Promise<CatchUp> {
  const { chosen, eventTypes, ...rest } = catchUp;
  const row = await db.catchUp.create({
    data: {
      ...rest,
      id: newId(),
      workspaceId,
      eventTypes: [...eventTypes],
      chosenEvents: chosen?.map(({ eventId }) => eventId) ?? [],
      chosenItems: chosen?.map(({ itemIndex }) => itemIndex ?? -1) ?? [],
    },
  });
  return toCatchUp(row);
}

/** The newest catch-up of a flow, or null. */
export async function findLastCatchUp(
  workspaceId: WorkspaceId,
  flowId: string,
  db: Db = prisma(),
): Promise<CatchUp | null> {
  const row = await db.catchUp.findFirst({ where: { workspaceId, flowId }, orderBy: { id: "desc" } });
  return row === null ? null : toCatchUp(row);
}

/** The catch-ups under way of a workspace, by flow. */
export async function listRunningCatchUps(workspaceId: WorkspaceId, db: Db = prisma()): Promise<Map<string, CatchUp>> {
  const rows = await db.catchUp.findMany({ where: { workspaceId, state: "running" } });
  return new Map(rows.map((row) => [row.flowId, toCatchUp(row)]));
}

/**
 * Ends the catch-up of a flow that is under way: it starts no further run once this has been committed. Returns it as
 * it then is; null when there is none.
 */
export async function cancelCatchUp(
  workspaceId: WorkspaceId,
  flowId: string,
  now: Date,
  db: Db,
): Promise<CatchUp | null> {
  const rows = await db.catchUp.updateManyAndReturn({
    where: { workspaceId, flowId, state: "running" },
    data: { state: "canceled", endedAt: now },
  });
  return rows[0] === undefined ? null : toCatchUp(rows[0]);
}

/** Ids of every catch-up under way, oldest first. */
export async function listCatchUpsToContinue(): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    "SELECT id FROM catch_up WHERE state = 'running' ORDER BY id LIMIT 100",
  );
  return rows.map(({ id }) => id);
}

/** One step of a catch-up: what it started now, and how it stands. */
export type CatchUpStep = CatchUp & { workspaceId: WorkspaceId; startedNow: number };

/**
 * Starts the next runs of a catch-up, at most `limit`, in the order their events came: runs, jobs and progress in one
 * transaction. Null when it is not under way, or another process is at it. No event gets a second run: of a flow one
 * catch-up is under way, its row is locked, and what has a run by then is left out.
 */
export async function advanceCatchUp(id: string, limit: number): Promise<CatchUpStep | null> {
  return inPgTransaction(pool(), async (client) => {
    const found = await client.query<CatchUpRow>(
      "SELECT * FROM catch_up WHERE id = $1 AND state = 'running' FOR NO KEY UPDATE SKIP LOCKED",
      [id],
    );
    const row = found.rows[0];
    if (row === undefined) return null;
    const take = Math.min(limit, row.total - row.started);
    const chosen = row.chosen_events.map((eventId, at) => ({ eventId, itemIndex: row.chosen_items[at] ?? -1 }));
    const query: MissedQuery = {
      flowId: row.flow_id,
      endpointId: row.endpoint_id,
      eventTypes: row.event_types,
      fromId: row.from_id,
      untilId: row.until_id,
      chosen: chosen.length === 0 ? null : chosen,
    };
    const { rows } = await client.query<CatchUpRow & { started_now: number }>(ADVANCE, [
      ...missedValues(row.workspace_id, query),
      take,
      row.version_id,
      id,
    ]);
    const after = rows[0];
    if (after === undefined) return null;
    return {
      id,
      workspaceId: after.workspace_id,
      flowId: after.flow_id,
      choice: after.choice,
      state: after.state,
      total: after.total,
      started: after.started,
      createdAt: after.created_at,
      endedAt: after.ended_at,
      startedNow: after.started_now,
    };
  });
}

type CatchUpRow = {
  workspace_id: WorkspaceId;
  flow_id: string;
  version_id: string;
  endpoint_id: string;
  event_types: string[];
  choice: CatchUp["choice"];
  state: CatchUp["state"];
  from_id: string;
  until_id: string;
  chosen_events: string[];
  chosen_items: number[];
  total: number;
  started: number;
  created_at: Date;
  ended_at: Date | null;
};

/** A priority after the usual one, 0: ten thousand old events hold up no new one. */
const AFTER_NEW_EVENTS = 1;

/** Events are locked in the order of their ids, as every catch-up does, so that two wait and do not deadlock. */
const ADVANCE = `
WITH pieces AS MATERIALIZED (${MISSED}
  ORDER BY v.id, i.item_index LIMIT $9
), wanted AS MATERIALIZED (
  SELECT new_id() AS run_id, p.* FROM (SELECT * FROM pieces ORDER BY event_id, item_index OFFSET 0) p
), unheard AS MATERIALIZED (
  SELECT v.id FROM event v WHERE v.id IN (SELECT event_id FROM wanted) AND v.verdict = 'no flow'
  ORDER BY v.id FOR NO KEY UPDATE OF v
), heard AS (
  UPDATE event v SET verdict = 'accepted' FROM unheard u WHERE v.id = u.id
), started AS (
  INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id, item_index)
  SELECT run_id, $1::uuid, $3::uuid, $10::uuid, event_id, event_type, $2::uuid, run_id, item_index FROM wanted
), ${queueRuns(AFTER_NEW_EVENTS)}, come AS (
  SELECT count(*)::int AS count, max(event_id::text)::uuid AS last_id FROM wanted
), moved AS (
  UPDATE catch_up u
  SET started = u.started + come.count, from_id = coalesce(come.last_id, u.from_id),
      state = CASE WHEN come.count < $9 OR u.started + come.count >= u.total THEN 'done' ELSE u.state END,
      ended_at = CASE WHEN come.count < $9 OR u.started + come.count >= u.total THEN now() END
  FROM come WHERE u.id = $11
  RETURNING u.*, come.count AS started_now
)
SELECT moved.* FROM moved, queued`;

type PrismaRow = NonNullable<Awaited<ReturnType<Db["catchUp"]["findFirst"]>>>;

function toCatchUp({ id, flowId, choice, state, total, started, createdAt, endedAt }: PrismaRow): CatchUp {
  const [chosen, now] = [choice as CatchUp["choice"], state as CatchUp["state"]];
  return { id, flowId, choice: chosen, state: now, total, started, createdAt, endedAt };
}
