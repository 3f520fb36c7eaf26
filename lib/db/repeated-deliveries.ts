import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";

/** How many of an endpoint's newest events are looked at. */
const LOOKED_AT = 200;

/**
 * Deliveries of the last 24 hours that came again although the first was taken; at most among the newest 200 events.
 */
export type RepeatedDeliveries = {
  /** Events looked at. */
  events: number;
  /** Of these, those that came three times or more, and how often the most frequent came. */
  repeated: number;
  most: number;
  /** Different bodies that came three times or more, each as an event of its own; nothing told the repeats. */
  sameBodies: number;
};

/** Counts deliveries that came again. Bodies of less than 3 bytes ("{}") tell nothing. */
export async function countRepeatedDeliveries(
  workspaceId: WorkspaceId,
  endpointId: string,
): Promise<RepeatedDeliveries> {
  const { rows } = await pool().query<RepeatedDeliveries>(
    `WITH newest AS MATERIALIZED (
       SELECT duplicate_count, body_sha256, body_bytes FROM event
       WHERE workspace_id = $1 AND endpoint_id = $2 AND received_at > now() - interval '24 hours'
       ORDER BY id DESC LIMIT $3
     )
     SELECT count(*)::int AS events,
            count(*) FILTER (WHERE duplicate_count >= 2)::int AS repeated,
            coalesce(max(duplicate_count), 0)::int + 1 AS most,
            (SELECT count(*)::int FROM (SELECT FROM newest WHERE body_bytes > 2
                                        GROUP BY body_sha256 HAVING count(*) >= 3) same) AS "sameBodies"
     FROM newest`,
    [workspaceId, endpointId, LOOKED_AT],
  );
  return rows[0] ?? { events: 0, repeated: 0, most: 1, sameBodies: 0 };
}
