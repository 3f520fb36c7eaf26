import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/** How many of an endpoint's newest events and of its newest other requests are looked at. */
const LOOKED_AT = 50;

/**
 * Where one request came from and under which host, before a proxy changed it; `host` and `proto` are claims of whoever
 * wrote them.
 */
export type Arrival = {
  id: string;
  accepted: boolean;
  clientIp: string | null;
  host: string | null;
  proto: string | null;
  receivedAt: Date;
};

/** The newest requests of an endpoint with the host they were sent to, newest first; at most 100. */
export async function listArrivals(workspaceId: WorkspaceId, endpointId: string): Promise<Arrival[]> {
  const { rows } = await pool().query<Arrival>(
    `SELECT id, accepted, "clientIp", "receivedAt",
            lower(coalesce(substring(headers FROM '\\["[Xx]-[Ff]orwarded-[Hh]ost","([^"\\\\, ]{1,255})"\\]'),
                           substring(headers FROM '\\["[Hh][Oo][Ss][Tt]","([^"\\\\]{1,255})"\\]'))) AS host,
            lower(substring(headers FROM '\\["[Xx]-[Ff]orwarded-[Pp]roto","([a-zA-Z]{1,8})')) AS proto
     FROM ((SELECT v.id, true AS accepted, v.client_ip AS "clientIp", v.received_at AS "receivedAt",
                   left(p.headers, 20000) AS headers
            FROM event v JOIN event_payload p ON p.event_id = v.id
            WHERE v.workspace_id = $1 AND v.endpoint_id = $2 ORDER BY v.id DESC LIMIT $3)
           UNION ALL
           (SELECT id, false, client_ip, received_at, left(headers, 20000)
            FROM request WHERE workspace_id = $1 AND endpoint_id = $2 ORDER BY id DESC LIMIT $3)) newest
     ORDER BY id DESC`,
    [workspaceId, endpointId, LOOKED_AT],
  );
  return rows;
}

/** An event type of an endpoint with how often it came among the newest events. */
export type SeenType = { eventType: string | null; count: number; lastAt: Date };

/** The event types of an endpoint's newest events, most frequent first; `limit` bounds the events looked at. */
export async function countEventTypes(
  workspaceId: WorkspaceId,
  endpointId: string,
  limit: number,
): Promise<SeenType[]> {
  const { rows } = await pool().query<SeenType>(
    `SELECT coalesce(item.event_type, newest.event_type) AS "eventType", count(*)::int AS count,
            max(received_at) AS "lastAt"
     FROM (SELECT id, event_type, received_at, item_count FROM event WHERE workspace_id = $1 AND endpoint_id = $2
           ORDER BY id DESC LIMIT $3) newest
     LEFT JOIN LATERAL (
       SELECT i.event_type FROM event_item i WHERE i.event_id = newest.id AND newest.item_count IS NOT NULL LIMIT 100
     ) item ON true
     GROUP BY 1 ORDER BY count DESC, 1 LIMIT 200`,
    [workspaceId, endpointId, limit],
  );
  return rows;
}

/** A request that carries a test's mark, as the inspector knows it. */
export type MarkedRequest = {
  id: string;
  verdict: string;
  verification: string;
  reason: string | null;
  message: string;
};

/** The request of an endpoint that carries exactly this mark among its newest 60, or null while it is not written. */
export async function findMarkedRequest(
  workspaceId: WorkspaceId,
  endpointId: string,
  header: string,
  mark: string,
): Promise<MarkedRequest | null> {
  const { rows } = await pool().query<MarkedRequest>(
    `SELECT id, verdict, verification, reason, message
     FROM ((SELECT v.id, v.verdict, v.verification, NULL::text AS reason, '' AS message, p.headers
            FROM event v JOIN event_payload p ON p.event_id = v.id
            WHERE v.workspace_id = $1 AND v.endpoint_id = $2 ORDER BY v.id DESC LIMIT 60)
           UNION ALL
           (SELECT id, verdict, verification, reason, message, headers
            FROM request WHERE workspace_id = $1 AND endpoint_id = $2 ORDER BY id DESC LIMIT 60)) newest
     WHERE position($3 IN headers) > 0 ORDER BY id DESC LIMIT 1`,
    [workspaceId, endpointId, JSON.stringify([header, mark])],
  );
  return rows[0] ?? null;
}

/** How many live flows listen to an endpoint. */
export async function countListeningFlows(workspaceId: WorkspaceId, endpointId: string): Promise<number> {
  const { rows } = await pool().query<{ count: number }>(
    "SELECT count(*)::int AS count FROM flow_trigger WHERE workspace_id = $1 AND endpoint_id = $2",
    [workspaceId, endpointId],
  );
  return rows[0]?.count ?? 0;
}
