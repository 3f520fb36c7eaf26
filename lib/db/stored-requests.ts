import type { WorkspaceId } from "#lib/core/ids.ts";
import type { RequestVerdict, Verification } from "#lib/core/states.ts";
import { pool } from "#lib/db/pool.ts";

/**
 * A stored request without its body. `headers` and `checks` are JSON text; both are null once an event's content
 * expired.
 */
export type StoredHead = {
  kind: "event" | "request";
  id: string;
  verdict: RequestVerdict;
  verification: Verification;
  reason: string | null;
  method: string;
  eventType: string | null;
  clientIp: string | null;
  receivedAt: Date;
  path: string | null;
  query: string | null;
  headers: string | null;
  checks: string | null;
  /** Bytes that were sent, bytes that are kept; `whole` when the body was read to its end. */
  bodyBytes: number;
  keptBytes: number;
  whole: boolean;
};

/** The newest requests of an endpoint, newest first: events and those that made none. */
export async function listStoredHeads(
  workspaceId: WorkspaceId,
  endpointId: string,
  limit: number,
): Promise<StoredHead[]> {
  const { rows } = await pool().query<StoredHead>(
    `WITH newest AS MATERIALIZED (
       SELECT * FROM (
         (SELECT 'event' AS kind, id FROM event WHERE workspace_id = $1 AND endpoint_id = $2 ORDER BY id DESC LIMIT $3)
         UNION ALL
         (SELECT 'request', id FROM request WHERE workspace_id = $1 AND endpoint_id = $2
          ORDER BY id DESC LIMIT $3)) both_kinds
       ORDER BY id DESC LIMIT $3)
     SELECT n.kind, n.id, v.verdict, v.verification, NULL AS reason, v.method, v.event_type AS "eventType",
            v.client_ip AS "clientIp", v.received_at AS "receivedAt", p.path, p.query, p.headers, p.checks,
            v.body_bytes AS "bodyBytes", coalesce(octet_length(p.body), 0) AS "keptBytes", true AS whole
     FROM newest n JOIN event v ON v.id = n.id LEFT JOIN event_payload p ON p.event_id = n.id WHERE n.kind = 'event'
     UNION ALL
     SELECT n.kind, n.id, r.verdict, r.verification, r.reason, r.method, r.event_type, r.client_ip, r.received_at,
            r.path, r.query, r.headers, r.checks, r.body_bytes, octet_length(r.body), r.body_sha256 IS NOT NULL
     FROM newest n JOIN request r ON r.id = n.id WHERE n.kind = 'request'
     ORDER BY id DESC`,
    [workspaceId, endpointId, limit],
  );
  return rows;
}

/** The kept bytes of stored requests of a workspace, by id; those that are gone are missing. */
export async function findStoredBodies(
  workspaceId: WorkspaceId,
  requests: ReadonlyArray<Pick<StoredHead, "kind" | "id">>,
): Promise<Map<string, Buffer>> {
  const idsOf = (kind: StoredHead["kind"]) => requests.filter((request) => request.kind === kind).map(({ id }) => id);
  const { rows } = await pool().query<{ id: string; body: Buffer }>(
    `SELECT event_id AS id, body FROM event_payload WHERE workspace_id = $1 AND event_id = ANY ($2::uuid[])
     UNION ALL SELECT id, body FROM request WHERE workspace_id = $1 AND id = ANY ($3::uuid[])`,
    [workspaceId, idsOf("event"), idsOf("request")],
  );
  return new Map(rows.map((row) => [row.id, row.body]));
}
