import { expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import {
  dropPartitionsBefore,
  ensurePartitions,
  findMissingPartitions,
  partitionedTables,
} from "#lib/db/partitions.ts";
import { withClient } from "#lib/db/with-client.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

const DAY_MS = 86_400_000;
const database = useTestDatabase();

test("a migrated database has partitions for today and the next seven days", async () => {
  const missing = await withClient(database.url, (client) => findMissingPartitions(client, new Date(), 7));
  expect(missing).toEqual([]);
});

test("eight callers at once make each missing day once", async () => {
  const later = new Date(Date.now() + 30 * DAY_MS);
  const made = await Promise.all(
    Array.from({ length: 8 }, () => withClient(database.url, (client) => ensurePartitions(client, later))),
  );
  expect(made.flat().length).toBe(8 * partitionedTables.length);
  expect(new Set(made.flat()).size).toBe(8 * partitionedTables.length);
});

test("an open reader of the table does not hold up the making of partitions", async () => {
  const later = new Date(Date.now() + 60 * DAY_MS);
  await withClient(database.url, async (reader) => {
    await reader.query("BEGIN");
    await reader.query("SELECT * FROM event_payload LIMIT 1");
    await withClient(database.url, async (client) => {
      await client.query("SET lock_timeout = '2s'");
      expect((await ensurePartitions(client, later)).length).toBe(8 * partitionedTables.length);
    });
    await reader.query("ROLLBACK");
  });
});

test("a row at UTC midnight falls into the day that begins", async () => {
  await withClient(database.url, async (client) => {
    const midnight = Math.ceil(Date.now() / DAY_MS) * DAY_MS;
    const hex = midnight.toString(16).padStart(12, "0");
    const id = `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`;
    const run = "00000000-0000-7000-8000-000000000000";
    await client.query(
      "INSERT INTO step_data (id, workspace_id, run_id, kind, data) VALUES ($1, $2, $2, 'input', '{}')",
      [id, run],
    );
    const { rows } = await client.query("SELECT tableoid::regclass::text AS name FROM step_data WHERE id = $1", [id]);
    expect(rows).toEqual([{ name: `step_data_p${new Date(midnight).toISOString().slice(0, 10).replaceAll("-", "")}` }]);
  });
});

test("expired days are dropped whole and later days stay", async () => {
  const past = new Date(Date.now() - 90 * DAY_MS);
  await withClient(database.url, async (client) => {
    await ensurePartitions(client, past);
    const dropped = await dropPartitionsBefore(client, new Date(Date.now() - 30 * DAY_MS));
    expect(dropped.length).toBe(8 * partitionedTables.length);
    expect(await findMissingPartitions(client, new Date(), 7)).toEqual([]);
  });
});

test("a day that a run which has not ended goes on from stays until it ends", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const { eventId, runId } = await insertEventRun(rows, "{}", { job: false });
  const old = Date.now() - 50 * DAY_MS;
  const id = newId(new Date(old));
  const dataId = newId(new Date(old + DAY_MS));
  await withClient(database.url, async (client) => {
    await ensurePartitions(client, new Date(old));
    await client.query("UPDATE event_payload SET event_id = $2 WHERE event_id = $1", [eventId, id]);
    await client.query("UPDATE run SET event_id = $2, status = 'waiting' WHERE id = $1", [runId, id]);
    await client.query(
      "INSERT INTO step_data (id, workspace_id, run_id, kind, data) VALUES ($1, $2, $3, 'output', '1')",
      [dataId, rows.workspaceId, runId],
    );
    const day = (ms: number) => new Date(ms).toISOString().slice(0, 10).replaceAll("-", "");
    const needed = [`event_payload_p${day(old)}`, `step_data_p${day(old + DAY_MS)}`];
    const dropped = await dropPartitionsBefore(client, new Date(Date.now() - 30 * DAY_MS));
    expect(dropped.length).toBe(8 * partitionedTables.length - 2);
    expect(dropped).not.toEqual(expect.arrayContaining([needed[0]]));
    expect(dropped).not.toEqual(expect.arrayContaining([needed[1]]));
    await client.query("UPDATE run SET status = 'canceled' WHERE id = $1", [runId]);
    expect((await dropPartitionsBefore(client, new Date(Date.now() - 30 * DAY_MS))).sort()).toEqual(needed);
  });
});
