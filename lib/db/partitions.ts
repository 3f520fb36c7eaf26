import { DAY } from "#lib/core/units.ts";
import type { SqlClient } from "./with-client.ts";

/** The tables split by UTC day of their uuidv7 id. */
export const partitionedTables = ["event_payload", "event_answer", "step_data", "journal_part"] as const;

type PartitionedTable = (typeof partitionedTables)[number];

const LOCK_KEY = 72_707_370;

/** Days for which partitions exist in advance, today not counted. */
export const PARTITION_DAYS_AHEAD = 7;

/**
 * Makes the partitions of today (UTC) and the next seven days where they are missing; returns the names it made.
 * Several processes may call it at once.
 */
export async function ensurePartitions(client: SqlClient, now: Date): Promise<string[]> {
  if ((await findMissingPartitions(client, now, PARTITION_DAYS_AHEAD)).length === 0) return [];
  await client.query("BEGIN");
  try {
    await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK_KEY]);
    const missing = await findMissingPartitions(client, now, PARTITION_DAYS_AHEAD);
    for (const partition of missing) await createPartition(client, partition);
    await client.query("COMMIT");
    return missing.map((partition) => partition.name);
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

/** Makes the partitions that rows with these ids (uuidv7) belong to, where they are missing; inside a transaction. */
export async function ensurePartitionsOf(
  client: SqlClient,
  table: PartitionedTable,
  ids: readonly string[],
): Promise<void> {
  await client.query("SELECT pg_advisory_xact_lock($1)", [LOCK_KEY]);
  const attached = new Set((await listPartitions(client)).map((partition) => partition.name));
  const days = new Set(ids.map((id) => Math.floor(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16) / DAY)));
  for (const day of days) {
    const partition = partitionOf(table, day);
    if (!attached.has(partition.name)) await createPartition(client, partition);
  }
}

/**
 * CREATE … PARTITION OF takes an exclusive lock on the parent: one open reader would hold up every insert behind it.
 * Rows up to half a page stay whole: compressing every body above 2 KB cost more than accepting the rest of it.
 */
async function createPartition(client: SqlClient, { table, name, from, to }: Partition): Promise<void> {
  await client.query(`CREATE TABLE ${name} (LIKE ${table} INCLUDING ALL) WITH (toast_tuple_target = 4080)`);
  await client.query(`ALTER TABLE ${table} ATTACH PARTITION ${name} FOR VALUES FROM ('${from}') TO ('${to}')`);
}

/** The partitions of today and `daysAhead` days that do not exist; reads only. */
export async function findMissingPartitions(client: SqlClient, now: Date, daysAhead: number): Promise<Partition[]> {
  const attached = new Set((await listPartitions(client)).map((partition) => partition.name));
  const today = Math.floor(now.getTime() / DAY);
  return partitionedTables.flatMap((table) =>
    Array.from({ length: daysAhead + 1 }, (_, ahead) => partitionOf(table, today + ahead)).filter(
      (partition) => !attached.has(partition.name),
    ),
  );
}

/**
 * Drops whole days that ended before `before`, without blocking inserts; returns the names dropped. A day that a run
 * which has not ended still needs, because it waits for a time or a person, stays until that run ends.
 */
export async function dropPartitionsBefore(client: SqlClient, before: Date): Promise<string[]> {
  const firstKept = Math.floor(before.getTime() / DAY);
  const past = (await listPartitions(client)).filter((partition) => partition.day < firstKept);
  const expired: typeof past = [];
  for (const partition of past) if (!(await isNeeded(client, partition))) expired.push(partition);
  const { rows } = await client.query<{ held: boolean }>("SELECT pg_try_advisory_lock($1) AS held", [LOCK_KEY + 1]);
  if (rows[0]?.held !== true) return [];
  try {
    for (const { table, name, detachPending } of expired) {
      await client.query(
        `ALTER TABLE ${table} DETACH PARTITION ${name} ${detachPending ? "FINALIZE" : "CONCURRENTLY"}`,
      );
      await client.query(`DROP TABLE ${name}`);
    }
    // What was answered from outside goes with the payloads of its run's day.
    await client.query(
      `DELETE FROM open_wait w WHERE w.run_id < $1::uuid
         AND NOT EXISTS (SELECT FROM run r WHERE r.id = w.run_id AND ${OPEN})`,
      [lowestUuid(firstKept)],
    );
    return expired.map((partition) => partition.name);
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK_KEY + 1]);
  }
}

/** Whether a run that has not ended goes on from a row of this day. */
async function isNeeded(client: SqlClient, { table, day, detachPending }: ListedPartition): Promise<boolean> {
  const needs = NEEDS[table];
  if (needs === null || detachPending) return false;
  const { from, to } = partitionOf(table, day);
  const { rows } = await client.query<{ needed: boolean }>(`SELECT EXISTS (${needs}) AS needed`, [from, to]);
  return rows[0]?.needed === true;
}

const OPEN = "r.status IN ('queued', 'running', 'waiting', 'retrying', 'needs a decision')";
const here = (column: string) => `(${column} >= $1::uuid AND ${column} < $2::uuid)`;

/** SQL: the open runs that need a row between two ids. What was answered to a sender, no run needs. */
const NEEDS: Readonly<Record<PartitionedTable, string | null>> = {
  event_payload: `SELECT FROM run r WHERE ${OPEN} AND ${here("r.event_id")}`,
  event_answer: null,
  step_data: `
    SELECT FROM run r WHERE ${OPEN} AND ${here("r.trigger_data_id")}
    UNION ALL
    SELECT FROM run r JOIN step_data d ON d.run_id = r.id
    WHERE ${OPEN} AND ${here("d.id")} AND d.kind IN ('input', 'effect', 'output')
    UNION ALL
    SELECT FROM run r JOIN event_item i ON i.event_id = r.event_id AND i.item_index = r.item_index
    WHERE ${OPEN} AND ${here("i.data_id")}`,
  journal_part: `SELECT FROM run r WHERE ${OPEN} AND ${here("r.id")}`,
};

/** One day of a partitioned table; `from` and `to` are uuid bounds, `to` not included. */
export type Partition = { table: PartitionedTable; name: string; from: string; to: string };

function partitionOf(table: PartitionedTable, day: number): Partition {
  const date = new Date(day * DAY).toISOString().slice(0, 10).replaceAll("-", "");
  return { table, name: `${table}_p${date}`, from: lowestUuid(day), to: lowestUuid(day + 1) };
}

/** The uuid below every uuidv7 made on that day or later: 48 bits of milliseconds, then zeros. */
function lowestUuid(day: number): string {
  const hex = (day * DAY).toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-0000-0000-000000000000`;
}

/** A partition that exists. `detachPending`: it began to be dropped. */
type ListedPartition = { table: PartitionedTable; name: string; day: number; detachPending: boolean };

async function listPartitions(client: SqlClient): Promise<ListedPartition[]> {
  const { rows } = await client.query<{ table: PartitionedTable; name: string; detach_pending: boolean }>(
    `SELECT parent.relname AS table, child.relname AS name, inhdetachpending AS detach_pending
     FROM pg_inherits
     JOIN pg_class parent ON parent.oid = inhparent
     JOIN pg_class child ON child.oid = inhrelid
     WHERE parent.oid = ANY (SELECT to_regclass(t)::oid FROM unnest($1::text[]) t) ORDER BY 2`,
    [partitionedTables],
  );
  return rows.flatMap(({ table, name, detach_pending }) => {
    const date = /_p(\d{4})(\d{2})(\d{2})$/.exec(name);
    if (date === null) return [];
    const day = Date.UTC(Number(date[1]), Number(date[2]) - 1, Number(date[3])) / DAY;
    return [{ table, name, day, detachPending: detach_pending }];
  });
}
