import type { WorkspaceId } from "#lib/core/ids.ts";
import type { RequestVerdict, RunState, Verification } from "#lib/core/states.ts";
import { pool } from "#lib/db/pool.ts";

/** One line of an endpoint's inspector: an event, or a request that made none. */
export type RequestRow = {
  /** "event": `id` is an event's. "request": a refused, duplicate or handshake request's. */
  kind: "event" | "request";
  id: string;
  verdict: RequestVerdict;
  verification: Verification;
  reason: string | null;
  method: string;
  eventType: string | null;
  contentType: string | null;
  bodyBytes: number;
  clientIp: string | null;
  duplicateCount: number;
  receivedAt: Date;
  answerMs: number | null;
  /** Items of an event that was split; null for what was not. */
  itemCount: number | null;
  /** True when it was checked again later. */
  rechecked: boolean;
};

/** What is listed: newest first, before or after an id, only some verdicts. */
export type RequestPage = {
  limit: number;
  beforeId?: string;
  afterId?: string;
  verdicts?: readonly RequestVerdict[];
  /** Leaves out what made no event. */
  eventsOnly?: boolean;
};

const EVENT_ROW = `'event' AS kind, id, verdict, verification, NULL::text AS reason, method, event_type AS "eventType",
  content_type AS "contentType", body_bytes AS "bodyBytes", client_ip AS "clientIp",
  duplicate_count AS "duplicateCount", received_at AS "receivedAt", answer_ms AS "answerMs",
  item_count AS "itemCount", false AS rechecked`;
const REQUEST_ROW = `'request', id, verdict, verification, reason, method, event_type, content_type, body_bytes,
  client_ip, 0, received_at, answer_ms, NULL::int, rechecks <> '[]'`;
const OF_PAGE = `workspace_id = $1 AND endpoint_id = $2 
  AND ($3::uuid IS NULL OR id < $3) AND ($4::uuid IS NULL OR id > $4)`;

/**
 * Events of some verdicts, each verdict as a range of it in the order of the index over (endpoint_id, verdict, id):
 * asked for one that is rare or missing, the planner else walks through all events of the endpoint (0.8 s of 500,000,
 * so 1 ms).
 */
const EVENTS_BY_VERDICT = `SELECT e.* FROM unnest($6::text[]) AS wanted(verdict) CROSS JOIN LATERAL (
    SELECT ${EVENT_ROW} FROM event WHERE ${OF_PAGE} AND verdict >= wanted.verdict AND verdict <= wanted.verdict
    ORDER BY event.verdict, id DESC LIMIT $5) e`;
const EVENTS = `SELECT ${EVENT_ROW} FROM event WHERE ${OF_PAGE} AND $6::text[] IS NULL ORDER BY id DESC LIMIT $5`;

/** Everything that reached an endpoint, newest first. */
export async function listRequests(
  workspaceId: WorkspaceId,
  endpointId: string,
  page: RequestPage,
): Promise<RequestRow[]> {
  const { rows } = await pool().query<RequestRow>(
    `SELECT * FROM (
       (${page.verdicts === undefined ? EVENTS : EVENTS_BY_VERDICT})
       UNION ALL
       (SELECT ${REQUEST_ROW} FROM request WHERE ${OF_PAGE} AND ($6::text[] IS NULL OR verdict = ANY ($6)) AND NOT $7
        ORDER BY id DESC LIMIT $5)) both_kinds
     ORDER BY id DESC LIMIT $5`,
    [
      workspaceId,
      endpointId,
      page.beforeId ?? null,
      page.afterId ?? null,
      page.limit,
      page.verdicts ?? null,
      page.eventsOnly ?? false,
    ],
  );
  return rows;
}

/** A request with everything that is kept of it. `headers`, `checks` and `rechecks` are JSON text. */
export type StoredRequest = Omit<RequestRow, "rechecked"> & {
  endpointId: string;
  message: string;
  status: number | null;
  /** For duplicates the first event; for a refused request the event a person made of it. */
  eventId: string | null;
  deliveryId: string | null;
  path: string;
  query: string;
  headers: string;
  checks: string;
  rechecks: string;
  body: Buffer;
  bodySha256: Buffer | null;
};

/** One request of an endpoint with its bytes, or null; null too when an event's payload has expired. */
export async function findRequest(
  workspaceId: WorkspaceId,
  endpointId: string,
  id: string,
): Promise<StoredRequest | null> {
  const { rows } = await pool().query<StoredRequest>(
    `SELECT 'event' AS kind, v.id, v.endpoint_id AS "endpointId", v.verdict, v.verification, NULL AS reason,
            '' AS message, NULL::int AS status, NULL::uuid AS "eventId", v.delivery_id AS "deliveryId", v.method,
            v.event_type AS "eventType", v.content_type AS "contentType", v.body_bytes AS "bodyBytes",
            v.client_ip AS "clientIp", v.duplicate_count AS "duplicateCount", v.received_at AS "receivedAt",
            v.answer_ms AS "answerMs", v.item_count AS "itemCount", p.path, p.query, p.headers, p.checks, p.rechecks,
            p.body, v.body_sha256 AS "bodySha256"
     FROM event v JOIN event_payload p ON p.event_id = v.id
     WHERE v.workspace_id = $1 AND v.endpoint_id = $2 AND v.id = $3
     UNION ALL
     SELECT 'request', id, endpoint_id, verdict, verification, reason, message, status, event_id, NULL, method,
            event_type, content_type, body_bytes, client_ip, 0, received_at, answer_ms, NULL::int, path, query,
            headers, checks, rechecks, body, body_sha256
     FROM request WHERE workspace_id = $1 AND endpoint_id = $2 AND id = $3`,
    [workspaceId, endpointId, id],
  );
  return rows[0] ?? null;
}

/** Adds one later check to a request; `recheck` is one JSON object as text. The last 20 are kept. */
export async function appendRecheck(
  workspaceId: WorkspaceId,
  request: Pick<StoredRequest, "kind" | "id">,
  recheck: string,
): Promise<void> {
  const [table, key] = request.kind === "event" ? ["event_payload", "event_id"] : ["request", "id"];
  await pool().query(
    `UPDATE ${table} SET rechecks = (
       SELECT coalesce(json_agg(c ORDER BY place), '[]')::text FROM (
         SELECT c, place FROM json_array_elements(
           (rtrim(rechecks, ']') || CASE WHEN rechecks = '[]' THEN '' ELSE ',' END || $3 || ']')::json)
           WITH ORDINALITY AS t(c, place) ORDER BY place DESC LIMIT 20) newest)
     WHERE workspace_id = $1 AND ${key} = $2`,
    [workspaceId, request.id, recheck],
  );
}

/** Remembers which event a person made of a refused request; false when somebody already did. */
export async function setAcceptedEvent(workspaceId: WorkspaceId, requestId: string, eventId: string): Promise<boolean> {
  const { rowCount } = await pool().query(
    "UPDATE request SET event_id = $3 WHERE workspace_id = $1 AND id = $2 AND event_id IS NULL",
    [workspaceId, requestId, eventId],
  );
  return rowCount === 1;
}

/** A run an event started. */
export type EventRun = {
  id: string;
  flowId: string;
  flowName: string;
  status: RunState;
  versionNumber: number;
  kind: string;
};

/** The runs an event started, oldest first. */
export async function listRunsOfEvent(workspaceId: WorkspaceId, eventId: string): Promise<EventRun[]> {
  const { rows } = await pool().query<EventRun>(
    `SELECT r.id, r.flow_id AS "flowId", f.name AS "flowName", r.status, v.number AS "versionNumber", r.kind
     FROM run r JOIN flow f ON f.id = r.flow_id JOIN flow_version v ON v.id = r.version_id
     WHERE r.workspace_id = $1 AND r.event_id = $2 ORDER BY r.id LIMIT 100`,
    [workspaceId, eventId],
  );
  return rows;
}
