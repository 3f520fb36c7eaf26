import type { Actor } from "#lib/core/actor.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { BulkAct, BulkKind } from "#lib/db/bulk-acts.ts";
import { inPgTransaction } from "#lib/db/in-pg-transaction.ts";
import { pool } from "#lib/db/pool.ts";
import type { Db } from "#lib/db/prisma.ts";

/** A run of an act, as it comes up. */
export type BulkItem = { bulkId: string; number: number; runId: string };

/** What is known of an act while some of its runs are acted on. */
export type BulkTurn = {
  id: string;
  workspaceId: WorkspaceId;
  kind: BulkKind;
  actor: { kind: Actor["kind"]; id: string };
  version: string;
  perSecond: number;
  /** Its next runs, oldest first; those already acted on before a process died are left out. */
  items: BulkItem[];
};

/** How an act stands after a turn. */
export type BulkStep = { workspaceId: WorkspaceId; state: BulkAct["state"]; acted: number };

/** A turn takes the runs of this part of a second, so that a pause waits no longer than for them. */
const TURNS_A_SECOND = 4;

/**
 * Takes the next turn of an act that is due: `act` acts on its runs, each in a transaction of its own together with its
 * item, and returns null, or why the act has to stop. The act's row is locked until they are counted, so one process
 * takes a turn at a time, all of them keep its rate together, and a pause or an end waits for what was begun. What was
 * acted on and not counted, because a process died, is counted by the next turn. Null when it is not under way, or
 * another process is at it.
 */
export async function advanceBulkAct(
  id: string,
  act: (turn: BulkTurn) => Promise<string | null>,
): Promise<BulkStep | null> {
  return inPgTransaction(pool(), async (client) => {
    const { rows } = await client.query<Row>(LOCK, [id]);
    const row = rows[0];
    if (row === undefined) return null;
    if (!row.due) return { workspaceId: row.workspace_id, state: "running", acted: 0 };
    const from = row.done + row.refused;
    const range = [id, from, from + Math.ceil(row.per_second / TURNS_A_SECOND)];
    const items = await client.query<{ number: number; run_id: string; state: string }>(ITEMS, range);
    const stop = await act({
      id,
      workspaceId: row.workspace_id,
      kind: row.kind,
      actor: { kind: row.actor_kind, id: row.actor_id },
      version: row.version,
      perSecond: row.per_second,
      items: items.rows
        .filter(({ state }) => state === "pending")
        .map((item) => ({ bulkId: id, number: item.number, runId: item.run_id })),
    });
    const after = await client.query<{ state: BulkAct["state"]; acted: number }>(COUNT, [...range, stop]);
    return { workspaceId: row.workspace_id, state: after.rows[0]?.state ?? "done", acted: after.rows[0]?.acted ?? 0 };
  });
}

/**
 * Notes, in the transaction of the act itself, that a run was acted on; false when it was before. A second one waits
 * for the first.
 */
export async function markActed({ bulkId, number }: BulkItem, db: Db): Promise<boolean> {
  const { count } = await db.bulkItem.updateMany({
    where: { bulkId, number, state: "pending" },
    data: { state: "done" },
  });
  return count === 1;
}

/** Notes why a run could not be acted on. */
export async function markRefused(
  { bulkId, number }: BulkItem,
  refusal: { reason: string; words: string },
  db: Db,
): Promise<void> {
  await db.bulkItem.updateMany({ where: { bulkId, number, state: "pending" }, data: { state: "refused", ...refusal } });
}

/** Ids of the acts that are due, those that waited longest first: so many are under way at once. */
export async function listBulkActsToContinue(limit = 8): Promise<string[]> {
  const { rows } = await pool().query<{ id: string }>(
    "SELECT id FROM bulk_act WHERE state = 'running' ORDER BY next_at, id LIMIT $1",
    [limit],
  );
  return rows.map(({ id }) => id);
}

type Row = {
  workspace_id: WorkspaceId;
  kind: BulkKind;
  actor_kind: Actor["kind"];
  actor_id: string;
  version: string;
  per_second: number;
  done: number;
  refused: number;
  due: boolean;
};

const LOCK = `
SELECT *, next_at <= clock_timestamp() AS due FROM bulk_act
WHERE id = $1 AND state = 'running' FOR NO KEY UPDATE SKIP LOCKED`;

const ITEMS = `
SELECT number, run_id, state FROM bulk_item WHERE bulk_id = $1 AND number > $2 AND number <= $3 ORDER BY number`;

/** Only what comes before the first run still pending counts: the next turn begins there. */
const COUNT = `
WITH open AS (
  SELECT coalesce(min(number), $3 + 1) AS number FROM bulk_item
  WHERE bulk_id = $1 AND number > $2 AND number <= $3 AND state = 'pending'
), come AS (
  SELECT count(*) FILTER (WHERE i.state = 'done')::int AS done,
    count(*) FILTER (WHERE i.state = 'refused')::int AS refused
  FROM bulk_item i, open WHERE i.bulk_id = $1 AND i.number > $2 AND i.number < open.number
)
UPDATE bulk_act a
SET done = a.done + come.done, refused = a.refused + come.refused,
    next_at = greatest(a.next_at, now() - interval '500 milliseconds')
      + (come.done + come.refused) * interval '1 second' / a.per_second,
    stop_reason = $4::text,
    state = CASE WHEN a.done + a.refused + come.done + come.refused >= a.total THEN 'done'
      WHEN $4::text IS NOT NULL THEN 'canceled' ELSE a.state END,
    ended_at = CASE WHEN $4::text IS NOT NULL OR a.done + a.refused + come.done + come.refused >= a.total
      THEN clock_timestamp() END
FROM come WHERE a.id = $1
RETURNING a.state, come.done + come.refused AS acted`;
