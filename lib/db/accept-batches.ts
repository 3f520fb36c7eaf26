import {
  type AcceptOutcome,
  columnsOf,
  INCOMING_EVENTS,
  inKeyOrder,
  type NewEvent,
  NOT_IN_WINDOW_BEFORE,
  outcomesOf,
  QUEUE_RUNS,
  STORE_PAYLOADS,
  type StoredVerdict,
} from "#lib/db/accept-events.ts";
import { acceptPool, PATIENT, PATIENT_MS_MAX } from "#lib/db/accept-pool.ts";
import { inPgTransaction } from "#lib/db/in-pg-transaction.ts";
import { wantsEventType } from "#lib/db/wants-event-type.ts";

/** One item of a batch about to be stored. */
export type NewItem = {
  readonly index: number;
  /** Unique among the items of the endpoint. */
  readonly dedupeKey: string;
  /** As for events: a key of the window before, which counts since `windowStart`; null where keys count for ever. */
  readonly earlierKey: string | null;
  readonly windowStart: Date | null;
  readonly eventType: string | null;
  readonly deliveryId: string | null;
  /** Id of its JSON text in step_data, made in the same moment as the event's so that both expire together. */
  readonly dataId: string;
  /** Its JSON text in UTF-8. */
  readonly json: Uint8Array;
};

/** An event that is split; without items it is an empty batch. */
export type NewBatch = NewEvent & { readonly items: readonly NewItem[] };

/**
 * Stores batches like `acceptEvents` stores events, with their items, a run of every flow that wants it for each item
 * that never came before, and the jobs, in one transaction; outcomes stand in the order of `batches`. Two statements,
 * because what became of the event follows from its items, and both are decided by unique indexes alone.
 */
export async function acceptBatches(batches: readonly NewBatch[]): Promise<AcceptOutcome[]> {
  const sorted = inKeyOrder(batches);
  const stored = await inPgTransaction(acceptPool(), async (client) => {
    // 10,000 items for 16 flows take some 3 s; a sender that gave up meanwhile finds its batch stored when it sends
    // again. Planned anew each time, because how many items there are decides how they are joined.
    await client.query(
      `SET LOCAL statement_timeout = ${PATIENT_MS_MAX}; SET LOCAL plan_cache_mode = force_custom_plan`,
    );
    const first = await client.query<{ id: string; verdict: StoredVerdict }>({
      name: "accept-batches",
      text: STORE,
      values: [...columnsOf(sorted), sorted.map((batch) => batch.items.length)],
      ...PATIENT,
    });
    const verdicts = new Map(first.rows.map((row) => [row.id, row.verdict]));
    const items = sorted
      .filter((batch) => verdicts.has(batch.id))
      .flatMap(({ id, items: own }) => own.map((item) => ({ ...item, event: id })));
    if (items.length === 0) return verdicts;
    const second = await client.query<{ id: string; verdict: StoredVerdict }>({
      name: "accept-items",
      text: STORE_ITEMS,
      values: itemColumns(items),
      ...PATIENT,
    });
    for (const row of second.rows) verdicts.set(row.id, row.verdict);
    return verdicts;
  });
  return outcomesOf(batches, stored);
}

/** Every batch as an empty one: its items decide what becomes of it. */
const STORE = `
WITH ${INCOMING_EVENTS}, stored AS (
  INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, delivery_id, event_type, verdict, verification, method,
                     content_type, body_bytes, body_sha256, client_ip, received_at, item_count)
  SELECT i.id, i.workspace_id, i.endpoint_id, i.dedupe_key, i.delivery_id, i.event_type, 'no flow',
         i.verification, i.method, i.content_type, i.body_bytes, i.body_sha256, i.client_ip, i.received_at, n.item_count
  FROM incoming i JOIN unnest($1::uuid[], $22::int[]) AS n(id, item_count) ON n.id = i.id
  JOIN endpoint e ON e.id = i.endpoint_id AND e.deleted_at IS NULL
  WHERE ${NOT_IN_WINDOW_BEFORE}
  ORDER BY i.endpoint_id, i.dedupe_key
  ON CONFLICT (endpoint_id, dedupe_key) DO NOTHING
  RETURNING id, verdict
), ${STORE_PAYLOADS}
SELECT id, verdict FROM stored`;

/**
 * Items go in the order of their keys, as events do, so that two processes with the same items wait and do not
 * deadlock. An item that loses is kept as a duplicate, and of one that stands in a batch twice the first wins.
 */
const STORE_ITEMS = `
WITH incoming AS MATERIALIZED (
  SELECT t.*, v.workspace_id, v.endpoint_id
  FROM unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::text[], $8::uuid[],
              $10::int[], $11::int[])
    AS t(event_id, item_index, dedupe_key, earlier_key, window_start, event_type, delivery_id, data_id,
         data_from, data_bytes)
  JOIN event v ON v.id = t.event_id
), fresh AS (
  INSERT INTO event_item (event_id, item_index, workspace_id, endpoint_id, dedupe_key, duplicate, event_type,
                          delivery_id, data_id)
  SELECT event_id, item_index, workspace_id, endpoint_id, dedupe_key, false, event_type, delivery_id, data_id
  FROM incoming i
  WHERE i.earlier_key IS NULL OR NOT EXISTS (
    SELECT FROM event_item b JOIN event v ON v.id = b.event_id
    WHERE b.endpoint_id = i.endpoint_id AND b.dedupe_key = i.earlier_key AND NOT b.duplicate
      AND v.received_at > i.window_start)
  ORDER BY endpoint_id, dedupe_key, event_id, item_index
  ON CONFLICT (endpoint_id, dedupe_key) WHERE NOT duplicate DO NOTHING
  RETURNING event_id, item_index, event_type
), seen AS (
  INSERT INTO event_item (event_id, item_index, workspace_id, endpoint_id, dedupe_key, duplicate, event_type,
                          delivery_id)
  SELECT i.event_id, i.item_index, i.workspace_id, i.endpoint_id, i.dedupe_key, true, i.event_type, i.delivery_id
  FROM incoming i LEFT JOIN fresh f USING (event_id, item_index) WHERE f.event_id IS NULL
), data AS (
  INSERT INTO step_data (id, workspace_id, run_id, kind, data)
  SELECT i.data_id, i.workspace_id, i.event_id, 'item',
         convert_from(substring($9::bytea FROM i.data_from FOR i.data_bytes), 'UTF8')
  FROM fresh f JOIN incoming i USING (event_id, item_index)
), listened AS MATERIALIZED (
  SELECT f.event_id, f.item_index, f.event_type, v.workspace_id, v.endpoint_id, t.flow_id, t.version_id
  FROM fresh f JOIN event v ON v.id = f.event_id
  JOIN flow_trigger t ON t.endpoint_id = v.endpoint_id AND t.workspace_id = v.workspace_id
    AND ${wantsEventType("t", "f.event_type")}
), judged AS (
  UPDATE event v
  SET verdict = CASE WHEN NOT EXISTS (SELECT FROM fresh f WHERE f.event_id = v.id) THEN 'duplicate'
                     WHEN e.paused_at IS NOT NULL THEN 'parked'
                     WHEN EXISTS (SELECT FROM listened l WHERE l.event_id = v.id) THEN 'accepted'
                     ELSE 'no flow' END
  FROM (SELECT DISTINCT event_id FROM incoming) i, endpoint e
  WHERE v.id = i.event_id AND e.id = v.endpoint_id
  RETURNING v.id, v.verdict
), wanted AS MATERIALIZED (
  SELECT new_id() AS run_id, l.* FROM (
    SELECT l.* FROM listened l JOIN judged j ON j.id = l.event_id AND j.verdict = 'accepted'
    ORDER BY l.event_id, l.item_index OFFSET 0) l
), started AS (
  INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id, item_index)
  SELECT run_id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, run_id, item_index FROM wanted
), ${QUEUE_RUNS}
SELECT judged.id, judged.verdict FROM judged, queued`;

/** The texts go as one piece of bytes: as a list of texts every quote in them would be escaped, on the event loop. */
function itemColumns(items: ReadonlyArray<NewItem & { event: string }>): unknown[] {
  const begins: number[] = [];
  let next = 1;
  for (const { json } of items) {
    begins.push(next);
    next += json.byteLength;
  }
  return [
    items.map((item) => item.event),
    items.map((item) => item.index),
    items.map((item) => item.dedupeKey),
    items.map((item) => item.earlierKey),
    items.map((item) => item.windowStart),
    items.map((item) => item.eventType),
    items.map((item) => item.deliveryId),
    items.map((item) => item.dataId),
    Buffer.concat(items.map((item) => item.json)),
    begins,
    items.map(({ json }) => json.byteLength),
  ];
}
