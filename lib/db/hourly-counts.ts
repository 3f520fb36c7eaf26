import { LRUCache } from "lru-cache";
import { firstIdOf } from "#lib/core/first-id-of.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { HOUR, MINUTE } from "#lib/core/units.ts";
import { pool } from "#lib/db/pool.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** The hours counted, the one under way included. */
export const HOURS_COUNTED = 24;

/** An hour is settled when it has been over for so long: what arrived in it is written by then. */
const SETTLED_AFTER_MS = 1 * MINUTE;

const WORKSPACES_KEPT = 500;

/** What is counted: events by endpoint, or runs (but tests) by flow. */
type Counted = "events" | "runs";

/** Counts by endpoint or flow, in one hour. */
type HourCounts = ReadonlyMap<string, number>;

/**
 * How many events each endpoint, or runs each flow, of a workspace had in each of the last 24 hours, oldest first, the
 * hour under way last; those with none are missing. A day may hold a million: settled hours are counted once by this
 * process and kept, so that only the last one or two are counted each time.
 */
export async function countByHour(
  workspaceId: WorkspaceId,
  counted: Counted,
  now: Date,
): Promise<Map<string, number[]>> {
  const newest = Math.floor(now.getTime() / HOUR);
  const wanted = Array.from({ length: HOURS_COUNTED }, (_, at) => newest - HOURS_COUNTED + 1 + at);
  const kept = keptHours(`${counted} ${workspaceId}`);
  const firstMissing = wanted.find((hour) => !kept.has(hour)) ?? newest;
  const fresh = await countFrom(workspaceId, counted, firstMissing);
  const settledBefore = Math.floor((now.getTime() - SETTLED_AFTER_MS) / HOUR);
  for (const hour of wanted)
    if (hour >= firstMissing && hour < settledBefore) kept.set(hour, fresh.get(hour) ?? new Map());
  for (const hour of kept.keys()) if (hour < newest - HOURS_COUNTED) kept.delete(hour);

  const counts = new Map<string, number[]>();
  wanted.forEach((hour, at) => {
    for (const [owner, count] of (hour >= firstMissing ? fresh : kept).get(hour) ?? []) {
      const hours = counts.get(owner) ?? new Array<number>(HOURS_COUNTED).fill(0);
      hours[at] = count;
      counts.set(owner, hours);
    }
  });
  return counts;
}

async function countFrom(workspaceId: WorkspaceId, counted: Counted, hour: number): Promise<Map<number, HourCounts>> {
  const { rows } = await pool().query<{ owner: string; hour: number; count: number }>(SQL[counted], [
    workspaceId,
    firstIdOf(new Date(hour * HOUR)),
  ]);
  const byHour = new Map<number, Map<string, number>>();
  for (const row of rows) {
    const ofHour = byHour.get(row.hour) ?? new Map<string, number>();
    byHour.set(row.hour, ofHour.set(row.owner, row.count));
  }
  return byHour;
}

// Ids are uuidv7: the smallest id of a moment bounds the scan.
const SQL: Readonly<Record<Counted, string>> = {
  events: `SELECT endpoint_id AS owner, floor(extract(epoch FROM received_at) / 3600)::int AS hour,
      count(*)::int AS count
    FROM event WHERE workspace_id = $1 AND id >= $2::uuid GROUP BY 1, 2`,
  runs: `SELECT flow_id AS owner, floor(extract(epoch FROM created_at) / 3600)::int AS hour, count(*)::int AS count
    FROM run WHERE workspace_id = $1 AND id >= $2::uuid AND kind <> 'test' GROUP BY 1, 2`,
};

/** The workspace asked for last is the last to be forgotten. */
function keptHours(key: string): Map<number, HourCounts> {
  return singleton(
    "hourly-counts",
    () => new LRUCache<string, Map<number, HourCounts>>({ max: WORKSPACES_KEPT, memoMethod: () => new Map() }),
  ).memo(key);
}
