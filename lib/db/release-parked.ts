import { QUEUE_RUNS } from "#lib/db/accept-events.ts";
import { pool } from "#lib/db/pool.ts";
import { wantsEventType } from "#lib/db/wants-event-type.ts";

/** Events looked at by one statement; the rest follows in the next. */
const EVENTS_PER_STATEMENT = 500;
/** Items after which one statement takes no further batch; the first batch is always taken. */
const ITEMS_PER_STATEMENT = 5_000;

/** How long, and how often, events of one endpoint that others hold are asked for again. */
const LOCKED_MS_MAX = 5_000;
const AGAIN_MS = 50;

/** What was parked and is no longer. */
export type Released = { events: number; runs: number };

/**
 * Gives parked events of endpoints that are no longer paused their runs and jobs, oldest first, each exactly once: an
 * event changes its verdict in the statement that starts its runs, one for each of its items where it was split. Of
 * every endpoint when `endpointId` is left out; of one, those that others hold for a moment (to note an answer's time)
 * are waited for.
 */
export async function releaseParkedEvents(endpointId?: string): Promise<Released> {
  const total: Released = { events: 0, runs: 0 };
  const giveUpAt = performance.now() + LOCKED_MS_MAX;
  for (;;) {
    const { rows } = await pool().query<Released & { more: boolean }>(RELEASE, [
      endpointId ?? null,
      EVENTS_PER_STATEMENT,
      ITEMS_PER_STATEMENT,
    ]);
    const released = rows[0] ?? { events: 0, runs: 0, more: false };
    total.events += released.events;
    total.runs += released.runs;
    if (released.more) continue;
    if (endpointId === undefined || performance.now() > giveUpAt || !(await hasParked(endpointId))) return total;
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function hasParked(endpointId: string): Promise<boolean> {
  const { rowCount } = await pool().query(
    `SELECT FROM event v JOIN endpoint e ON e.id = v.endpoint_id AND e.paused_at IS NULL AND e.deleted_at IS NULL
     WHERE v.verdict = 'parked' AND v.endpoint_id = $1 LIMIT 1`,
    [endpointId],
  );
  return rowCount === 1;
}

const RELEASE = `
WITH parked AS MATERIALIZED (
  SELECT v.id, coalesce(v.item_count, 1) AS items
  FROM event v JOIN endpoint e ON e.id = v.endpoint_id AND e.paused_at IS NULL AND e.deleted_at IS NULL
  WHERE v.verdict = 'parked' AND ($1::uuid IS NULL OR v.endpoint_id = $1)
  ORDER BY v.id LIMIT $2 FOR UPDATE OF v SKIP LOCKED
), chosen AS MATERIALIZED (
  SELECT id FROM (SELECT id, sum(items) OVER (ORDER BY id) - items AS before FROM parked) p WHERE before < $3
), pieces AS MATERIALIZED (
  SELECT v.id AS event_id, v.workspace_id, v.endpoint_id, i.item_index,
         CASE WHEN v.item_count IS NULL THEN v.event_type ELSE i.event_type END AS event_type
  FROM chosen c JOIN event v ON v.id = c.id LEFT JOIN event_item i ON i.event_id = v.id AND v.item_count IS NOT NULL
  WHERE v.item_count IS NULL OR NOT i.duplicate
), wanted AS MATERIALIZED (
  SELECT new_id() AS run_id, p.* FROM (
    SELECT p.*, t.flow_id, t.version_id
    FROM pieces p JOIN flow_trigger t ON t.endpoint_id = p.endpoint_id AND t.workspace_id = p.workspace_id
      AND ${wantsEventType("t", "p.event_type")}
    ORDER BY p.event_id, p.item_index OFFSET 0) p
), released AS (
  UPDATE event v
  SET verdict = CASE WHEN EXISTS (SELECT FROM wanted w WHERE w.event_id = v.id) THEN 'accepted' ELSE 'no flow' END
  FROM chosen WHERE v.id = chosen.id
  RETURNING v.id
), started AS (
  INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, origin_run_id, item_index)
  SELECT run_id, workspace_id, flow_id, version_id, event_id, event_type, endpoint_id, run_id, item_index FROM wanted
), ${QUEUE_RUNS}
SELECT (SELECT count(*) FROM released)::int AS events, (SELECT count(*) FROM wanted)::int AS runs,
       (SELECT count(*) FROM parked) = $2 OR (SELECT count(*) FROM parked) > (SELECT count(*) FROM chosen) AS more
FROM queued`;
