import { expect, test } from "vitest";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { applyMigrations, findMigrationState, readMigrations } from "#lib/db/apply-migrations.ts";
import { withClient } from "#lib/db/with-client.ts";
import { createEmptyDatabase } from "#tests/support/postgres.ts";

test("an empty database is migrated once, by whichever of four starters comes first", async () => {
  const database = await createEmptyDatabase();
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(database.url, new Date())));
  expect(outcomes.flatMap((outcome) => outcome.applied)).toEqual(readMigrations().map((migration) => migration.name));
  await withClient(database.url, async (client) => {
    expect(await findMigrationState(client, readMigrations())).toEqual({ kind: "current" });
    const queue = await client.query("SELECT max(id) AS newest FROM graphile_worker.migrations");
    expect(queue.rows[0].newest).toBeGreaterThan(10);
  });
  await database.drop();
});

test("a failing migration leaves nothing of itself behind and names itself", async () => {
  const database = await createEmptyDatabase();
  const good = { name: "0001_good", sql: "CREATE TABLE good (id int)", checksum: "a".repeat(64) };
  const bad = { name: "0002_bad", sql: "CREATE TABLE half (id int); SELECT 1/0", checksum: "b".repeat(64) };
  await withClient(database.url, async (client) => {
    await expect(applyMigrations(client, [good, bad])).rejects.toThrow("Migration 0002_bad failed: division by zero");
    const { rows } = await client.query(
      "SELECT to_regclass('good') IS NOT NULL AS good, to_regclass('half') IS NULL AS no_half",
    );
    expect(rows).toEqual([{ good: true, no_half: true }]);
    expect(await findMigrationState(client, [good, bad])).toEqual({ kind: "pending", names: ["0002_bad"] });
  });
  await database.drop();
});

test("a database from a newer version and a migration edited after the fact are refused", async () => {
  const database = await createEmptyDatabase();
  const first = { name: "0001_first", sql: "CREATE TABLE first (id int)", checksum: "a".repeat(64) };
  await withClient(database.url, async (client) => {
    await applyMigrations(client, [first]);
    await expect(applyMigrations(client, [])).rejects.toThrow("which this Hookline does not know");
    await expect(applyMigrations(client, [{ ...first, checksum: "c".repeat(64) }])).rejects.toThrow(
      "was changed after",
    );
    await client.query("UPDATE _prisma_migrations SET finished_at = NULL");
    await expect(applyMigrations(client, [first])).rejects.toThrow("begun and not finished");
  });
  await database.drop();
});
