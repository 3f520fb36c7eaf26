import { firstIdAt, type WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { wantsEventType } from "#lib/db/wants-event-type.ts";

/** Missed events counted, and started, at a time. */
export const MISSED_MAX = 10_000;

/** Begins the dedupe key of an event that a person made of a request for one flow: no other flow missed it. */
export const BY_HAND_KEY = "by-hand:";

/** Which events a flow wants, and between which ids (both included) it may have missed them. */
export type MissedQuery = {
  readonly flowId: string;
  readonly endpointId: string;
  /** Empty = every type. */
  readonly eventTypes: readonly string[];
  readonly fromId: string;
  readonly untilId: string;
  /** Only these; null = all. */
  readonly chosen: readonly EventPiece[] | null;
};

/** An event, or one item of a split one, from 0. */
export type EventPiece = { readonly eventId: string; readonly itemIndex: number | null };

/** A missed event as a list shows it. */
export type MissedEvent = EventPiece & {
  eventType: string | null;
  deliveryId: string | null;
  receivedAt: Date;
};

/** How many there are (at most 10,000, `more` when there are others), and the last one counted. */
export type MissedCount = { count: number; more: boolean; lastId: string | null };

/** The ids between two moments. */
export function idsBetween({ from, until }: { from: Date; until: Date }): Pick<MissedQuery, "fromId" | "untilId"> {
  return { fromId: firstIdAt(from), untilId: firstIdAt(until) };
}

/**
 * SQL: what a flow missed, one row for an event or each new item of a split one. What is parked is started by its
 * endpoint's resume, what is past retention by nobody. OFFSET 0: each event's runs and payload are looked up by the
 * index, whatever the planner knows; joined to all runs of the flow, 10,000 new ones took 6 s. Parameters:
 * `missedValues`.
 */
export const MISSED = `
  SELECT v.id AS event_id, i.item_index, v.received_at,
         CASE WHEN v.item_count IS NULL THEN v.event_type ELSE i.event_type END AS event_type,
         CASE WHEN v.item_count IS NULL THEN v.delivery_id ELSE i.delivery_id END AS delivery_id
  FROM (SELECT $4::text[] AS event_types) w
  CROSS JOIN event v LEFT JOIN event_item i ON i.event_id = v.id AND v.item_count IS NOT NULL
  WHERE v.workspace_id = $1 AND v.endpoint_id = $2 AND v.id >= $5 AND v.id <= $6
    AND v.verdict IN ('accepted', 'no flow') AND NOT starts_with(v.dedupe_key, '${BY_HAND_KEY}')
    AND (v.item_count IS NULL OR NOT i.duplicate)
    AND ($7::uuid[] IS NULL OR (v.id, coalesce(i.item_index, -1)) IN (SELECT * FROM unnest($7::uuid[], $8::int[])))
    AND ${wantsEventType("w", "(CASE WHEN v.item_count IS NULL THEN v.event_type ELSE i.event_type END)")}
    AND EXISTS (SELECT FROM event_payload p WHERE p.event_id = v.id OFFSET 0)
    AND NOT EXISTS (SELECT FROM (SELECT * FROM run WHERE event_id = v.id OFFSET 0) r
                    WHERE r.flow_id = $3 AND r.kind <> 'test' AND r.item_index IS NOT DISTINCT FROM i.item_index)`;

/** The parameters $1 to $8 of `MISSED`. */
export function missedValues(workspaceId: WorkspaceId, query: MissedQuery): unknown[] {
  const { flowId, endpointId, eventTypes, fromId, untilId, chosen } = query;
  const events = chosen?.map(({ eventId }) => eventId) ?? null;
  const items = chosen?.map(({ itemIndex }) => itemIndex ?? -1) ?? null;
  return [workspaceId, endpointId, flowId, eventTypes, fromId, untilId, events, items];
}

/** Counts what a flow missed, the oldest 10,000 of it. */
export async function countMissedEvents(workspaceId: WorkspaceId, query: MissedQuery): Promise<MissedCount> {
  const { rows } = await pool().query<{ count: number; last_id: string | null }>(
    `SELECT count(*)::int AS count, max(event_id::text) FILTER (WHERE place <= $10) AS last_id FROM (
       SELECT event_id, row_number() OVER (ORDER BY event_id, item_index) AS place
       FROM (${MISSED} ORDER BY v.id, i.item_index LIMIT $9) m) counted`,
    [...missedValues(workspaceId, query), MISSED_MAX + 1, MISSED_MAX],
  );
  const { count = 0, last_id: lastId = null } = rows[0] ?? {};
  return { count: Math.min(count, MISSED_MAX), more: count > MISSED_MAX, lastId };
}

/** What a flow missed, newest first, before one of them when given. */
export async function listMissedEvents(
  workspaceId: WorkspaceId,
  query: MissedQuery,
  page: { limit: number; before?: EventPiece },
): Promise<MissedEvent[]> {
  const { before } = page;
  const { rows } = await pool().query<MissedEvent>(
    `SELECT event_id AS "eventId", item_index AS "itemIndex", event_type AS "eventType", delivery_id AS "deliveryId",
            received_at AS "receivedAt"
     FROM (${MISSED} AND ($10::uuid IS NULL OR (v.id, coalesce(i.item_index, -1)) < ($10::uuid, $11::int))
           ORDER BY v.id DESC, i.item_index DESC NULLS LAST LIMIT $9) m
     ORDER BY event_id DESC, item_index DESC NULLS LAST`,
    [...missedValues(workspaceId, query), page.limit, before?.eventId ?? null, before?.itemIndex ?? -1],
  );
  return rows;
}

/** How many of some events, and items of them, an endpoint of the workspace has. */
export async function countPieces(
  workspaceId: WorkspaceId,
  endpointId: string,
  pieces: readonly EventPiece[],
): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    `SELECT count(*)::int AS count FROM unnest($3::uuid[], $4::int[]) AS c(event_id, item_index)
     JOIN event v ON v.id = c.event_id AND v.workspace_id = $1 AND v.endpoint_id = $2
     WHERE CASE WHEN v.item_count IS NULL THEN c.item_index = -1 ELSE EXISTS (
       SELECT FROM event_item i WHERE i.event_id = v.id AND i.item_index = c.item_index) END`,
    [workspaceId, endpointId, pieces.map(({ eventId }) => eventId), pieces.map(({ itemIndex }) => itemIndex ?? -1)],
  );
  return rows[0]?.count ?? 0;
}
