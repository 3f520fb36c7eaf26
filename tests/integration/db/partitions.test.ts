import { expect, test } from "vitest";
import {
  dropPartitionsBefore,
  ensurePartitions,
  findMissingPartitions,
  partitionedTables,
} from "#lib/db/partitions.ts";
import { withClient } from "#lib/db/with-client.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

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
