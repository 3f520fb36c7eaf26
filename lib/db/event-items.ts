import type { WorkspaceId } from "#lib/core/ids.ts";
import type { RunState } from "#lib/core/states.ts";
import { pool } from "#lib/db/pool.ts";

/** One item of a split event. */
export type EventItem = {
  /** Its place in the batch, from 0. */
  index: number;
  eventType: string | null;
  deliveryId: string | null;
  /** It came before, so it started nothing here. */
  duplicate: boolean;
  /** The event a duplicate first came in; null when it is not kept any more. */
  firstEventId: string | null;
  /** The runs of the item; for a duplicate those it started when it first came. */
  runs: ItemRun[];
};

/** A run of an item. */
export type ItemRun = { id: string; flowName: string; status: RunState; kind: string };

/** Runs shown for one item, the newest left out. */
const RUNS_PER_ITEM_MAX = 10;

/** How many items of a split event came before, and how many runs its items started. */
export async function countEventItems(
  workspaceId: WorkspaceId,
  eventId: string,
): Promise<{ seen: number; runs: number }> {
  const { rows } = await pool().query<{ seen: number; runs: number }>(
    `SELECT (SELECT count(*) FROM event_item WHERE workspace_id = $1 AND event_id = $2 AND duplicate)::int AS seen,
            (SELECT count(*) FROM run WHERE workspace_id = $1 AND event_id = $2 AND kind = 'event')::int AS runs`,
    [workspaceId, eventId],
  );
  return rows[0] ?? { seen: 0, runs: 0 };
}

/** Items of a split event in their order, after one place of it, with their runs. */
export async function listEventItems(
  workspaceId: WorkspaceId,
  eventId: string,
  page: { limit: number; afterIndex?: number },
): Promise<EventItem[]> {
  const { rows } = await pool().query<Omit<EventItem, "runs"> & { firstIndex: number | null }>(
    `SELECT i.item_index AS index, i.event_type AS "eventType", i.delivery_id AS "deliveryId", i.duplicate,
            f.event_id AS "firstEventId", f.item_index AS "firstIndex"
     FROM event_item i
     LEFT JOIN event_item f ON i.duplicate AND NOT f.duplicate AND f.endpoint_id = i.endpoint_id
       AND f.dedupe_key = i.dedupe_key
     WHERE i.workspace_id = $1 AND i.event_id = $2 AND i.item_index > $3 ORDER BY i.item_index LIMIT $4`,
    [workspaceId, eventId, page.afterIndex ?? -1, page.limit],
  );
  const placeOf = (row: (typeof rows)[number]) =>
    row.duplicate ? { eventId: row.firstEventId, index: row.firstIndex } : { eventId, index: row.index };
  const runs = await listRunsOf(workspaceId, rows.map(placeOf));
  return rows.map(({ firstIndex: _first, ...row }) => {
    const place = placeOf({ ...row, firstIndex: _first });
    return { ...row, runs: runs.get(`${place.eventId}/${place.index}`) ?? [] };
  });
}

async function listRunsOf(
  workspaceId: WorkspaceId,
  places: ReadonlyArray<{ eventId: string | null; index: number | null }>,
): Promise<Map<string, ItemRun[]>> {
  const found = places.filter((place) => place.eventId !== null);
  const known = [...new Map(found.map((place) => [`${place.eventId}/${place.index}`, place])).values()];
  const byPlace = new Map<string, ItemRun[]>();
  if (known.length === 0) return byPlace;
  // The events are named twice: one look at the index over events for each of them, not one for each item.
  const { rows } = await pool().query<ItemRun & { eventId: string; index: number }>(
    `SELECT r.id, f.name AS "flowName", r.status, r.kind, r.event_id AS "eventId", r.item_index AS index
     FROM run r JOIN unnest($2::uuid[], $3::int[]) AS wanted(event_id, item_index) USING (event_id, item_index)
     JOIN flow f ON f.id = r.flow_id
     WHERE r.workspace_id = $1 AND r.event_id = ANY ($4::uuid[]) ORDER BY r.id`,
    [
      workspaceId,
      known.map((place) => place.eventId),
      known.map((place) => place.index),
      [...new Set(known.map((place) => place.eventId))],
    ],
  );
  for (const { eventId, index, ...run } of rows) {
    const key = `${eventId}/${index}`;
    const list = byPlace.get(key) ?? [];
    if (list.length < RUNS_PER_ITEM_MAX) list.push(run);
    byPlace.set(key, list);
  }
  return byPlace;
}

/** The exact JSON text of an item; null when it is a duplicate's or past retention. */
export async function findItemText(workspaceId: WorkspaceId, eventId: string, index: number): Promise<string | null> {
  const { rows } = await pool().query<{ data: string }>(
    `SELECT d.data FROM event_item i JOIN step_data d ON d.id = i.data_id
     WHERE i.workspace_id = $1 AND i.event_id = $2 AND i.item_index = $3`,
    [workspaceId, eventId, index],
  );
  return rows[0]?.data ?? null;
}

/** An item that runs, or the whole of an event that was not split (null). */
export type NewPiece = { itemIndex: number | null; eventType: string | null };

/** The items of a split event that had not come before, in their order, at most `limit`; one of them when named. */
export async function listNewPieces(
  workspaceId: WorkspaceId,
  eventId: string,
  itemIndex: number | null,
  limit: number,
): Promise<NewPiece[]> {
  const { rows } = await pool().query<NewPiece>(
    `SELECT item_index AS "itemIndex", event_type AS "eventType" FROM event_item
     WHERE workspace_id = $1 AND event_id = $2 AND NOT duplicate AND ($3::int IS NULL OR item_index = $3)
     ORDER BY item_index LIMIT $4`,
    [workspaceId, eventId, itemIndex, limit],
  );
  return rows;
}
