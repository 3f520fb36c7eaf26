import type { WorkspaceId } from "#lib/core/ids.ts";
import type { RequestVerdict, Verification } from "#lib/core/states.ts";
import { pool } from "#lib/db/pool.ts";

/** The last 24 hours of an endpoint, and its last request. */
export type EndpointTraffic = {
  endpointId: string;
  /** Events per hour, oldest first; 24 numbers, the last one the hour under way. */
  accepted: number[];
  /** Refusals per hour in the same order. */
  refused: number[];
  duplicates: number;
  lastAt: Date | null;
  lastVerdict: RequestVerdict | null;
  lastVerification: Verification | null;
  lastEventType: string | null;
};

/** The traffic of every endpoint of a workspace (or of one) in the 24 hours before `now`. */
export async function listTraffic(
  workspaceId: WorkspaceId,
  now: Date,
  endpointId?: string,
): Promise<EndpointTraffic[]> {
  const { rows } = await pool().query<EndpointTraffic>(
    `WITH hours AS (SELECT generate_series(date_trunc('hour', $2::timestamptz) - interval '23 hours', date_trunc('hour', $2::timestamptz), interval '1 hour') AS hour),
     wanted AS (SELECT id FROM endpoint WHERE workspace_id = $1 AND deleted_at IS NULL AND ($3::uuid IS NULL OR id = $3)),
     taken AS (
       SELECT v.endpoint_id, date_trunc('hour', v.received_at) AS hour, count(*) AS count, sum(v.duplicate_count) AS duplicates
       FROM event v WHERE v.workspace_id = $1 AND v.id >= $4::uuid AND ($3::uuid IS NULL OR v.endpoint_id = $3) GROUP BY 1, 2),
     turned AS (
       SELECT c.endpoint_id, c.hour, sum(c.count) AS count FROM refusal_count c
       WHERE c.workspace_id = $1 AND c.hour >= (SELECT min(hour) FROM hours) AND ($3::uuid IS NULL OR c.endpoint_id = $3) GROUP BY 1, 2)
     SELECT w.id AS "endpointId",
       (SELECT array_agg(coalesce(t.count, 0)::int ORDER BY h.hour) FROM hours h LEFT JOIN taken t ON t.endpoint_id = w.id AND t.hour = h.hour) AS accepted,
       (SELECT array_agg(coalesce(t.count, 0)::int ORDER BY h.hour) FROM hours h LEFT JOIN turned t ON t.endpoint_id = w.id AND t.hour = h.hour) AS refused,
       coalesce((SELECT sum(t.duplicates)::int FROM taken t WHERE t.endpoint_id = w.id), 0) AS duplicates,
       l.received_at AS "lastAt", l.verdict AS "lastVerdict", l.verification AS "lastVerification", l.event_type AS "lastEventType"
     FROM wanted w LEFT JOIN LATERAL (
       SELECT * FROM (
         (SELECT id, received_at, verdict, verification, event_type FROM event WHERE endpoint_id = w.id ORDER BY id DESC LIMIT 1)
         UNION ALL
         (SELECT id, received_at, verdict, verification, event_type FROM request WHERE endpoint_id = w.id ORDER BY id DESC LIMIT 1)) last
       ORDER BY id DESC LIMIT 1) l ON true`,
    [workspaceId, now, endpointId ?? null, firstIdAt(new Date(now.getTime() - 24 * 3_600_000))],
  );
  return rows;
}

/** The lowest uuidv7 of a moment. */
function firstIdAt(moment: Date): string {
  const hex = moment.getTime().toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
}
