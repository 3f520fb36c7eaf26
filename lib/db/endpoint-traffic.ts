import type { WorkspaceId } from "#lib/core/ids.ts";
import type { RequestVerdict, Verification } from "#lib/core/states.ts";
import { HOUR } from "#lib/core/units.ts";
import { countByHour, HOURS_COUNTED } from "#lib/db/hourly-counts.ts";
import { pool } from "#lib/db/pool.ts";

/** The last 24 hours of an endpoint, and its last request. */
export type EndpointTraffic = {
  /** Events per hour, oldest first; 24 numbers, the last one the hour under way. */
  accepted: number[];
  /** Refusals per hour in the same order. */
  refused: number[];
  last: LastRequest | null;
};

/** What reached an endpoint last. */
export type LastRequest = {
  at: Date;
  verdict: RequestVerdict;
  verification: Verification;
  eventType: string | null;
};

/** The traffic of these endpoints of a workspace in the 24 hours before `now`. */
export async function listTraffic(
  workspaceId: WorkspaceId,
  endpointIds: readonly string[],
  now: Date,
): Promise<Map<string, EndpointTraffic>> {
  const [accepted, refused, last] = await Promise.all([
    countByHour(workspaceId, "events", now),
    countRefusals(workspaceId, now),
    findLastRequests(workspaceId, endpointIds),
  ]);
  const hours = (counts: Map<string, number[]>, id: string) => counts.get(id) ?? noHours();
  return new Map(
    endpointIds.map((id) => [
      id,
      { accepted: hours(accepted, id), refused: hours(refused, id), last: last.get(id) ?? null },
    ]),
  );
}

async function countRefusals(workspaceId: WorkspaceId, now: Date): Promise<Map<string, number[]>> {
  const first = Math.floor(now.getTime() / HOUR) - HOURS_COUNTED + 1;
  const { rows } = await pool().query<{ id: string; hour: number; count: number }>(
    `SELECT endpoint_id AS id, floor(extract(epoch FROM hour) / 3600)::int AS hour, sum(count)::int AS count
     FROM refusal_count WHERE workspace_id = $1 AND hour >= $2 GROUP BY 1, 2`,
    [workspaceId, new Date(first * HOUR)],
  );
  const counts = new Map<string, number[]>();
  for (const { id, hour, count } of rows) {
    const hours = counts.get(id) ?? noHours();
    if (hour - first < HOURS_COUNTED) hours[hour - first] = count;
    counts.set(id, hours);
  }
  return counts;
}

function noHours(): number[] {
  return new Array<number>(HOURS_COUNTED).fill(0);
}

/** As a range of one endpoint in the order of the index, for the reason told at `findLastRuns`. */
async function findLastRequests(workspaceId: WorkspaceId, endpointIds: readonly string[]) {
  const newestOf = (table: string) =>
    `(SELECT id, received_at AS at, verdict, verification, event_type AS "eventType" FROM ${table}
      WHERE endpoint_id >= w.id AND endpoint_id <= w.id AND workspace_id = $1 ORDER BY endpoint_id, id DESC LIMIT 1)`;
  const { rows } = await pool().query<LastRequest & { endpointId: string }>(
    `SELECT w.id AS "endpointId", l.at, l.verdict, l.verification, l."eventType"
     FROM unnest($2::uuid[]) AS w(id) CROSS JOIN LATERAL (
       SELECT * FROM (${newestOf("event")} UNION ALL ${newestOf("request")}) newest ORDER BY id DESC LIMIT 1) l`,
    [workspaceId, endpointIds],
  );
  return new Map(rows.map(({ endpointId, ...last }) => [endpointId, last]));
}
