import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { applyMigrations, findMigrationState } from "#lib/db/apply-migrations.ts";
import { levelOf, type Migration, readMigrations, readOldestCode } from "#lib/db/migrations.ts";
import { withClient } from "#lib/db/with-client.ts";
import { createEmptyDatabase } from "#tests/support/postgres.ts";

test("an empty database is migrated once, by whichever of four starters comes first", async () => {
  const database = await createEmptyDatabase();
  const outcomes = await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(database.url)));
  expect(outcomes.flatMap((outcome) => outcome.applied)).toEqual(readMigrations().map((migration) => migration.name));
  await withClient(database.url, async (client) => {
    expect(await findMigrationState(client, readMigrations())).toEqual({ kind: "current", newer: [] });
    const queue = await client.query("SELECT max(id) AS newest FROM graphile_worker.migrations");
    expect(queue.rows[0].newest).toBeGreaterThan(10);
  });
  await database.drop();
});

test("a failing migration leaves nothing of itself behind and names itself", async () => {
  const database = await createEmptyDatabase();
  const good = { name: "0001_good", sql: "CREATE TABLE good (id int)", checksum: "a".repeat(64), oldestCode: null };
  const bad = {
    name: "0002_bad",
    sql: "CREATE TABLE half (id int); SELECT 1/0",
    checksum: "b".repeat(64),
    oldestCode: null,
  };
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
  const first = { name: "0001_first", sql: "CREATE TABLE first (id int)", checksum: "a".repeat(64), oldestCode: null };
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

test("a newer version's migration says which older code may go on beside it, and start anew", async () => {
  const database = await createEmptyDatabase();
  const mine = readMigrations();
  const level = levelOf(mine);
  const additive = made(`${level + 1}_additive`.padStart(13, "0"), level, "ALTER TABLE flow ADD COLUMN extra text");
  const breaking = made(
    `${level + 2}_breaking`.padStart(13, "0"),
    level + 1,
    "ALTER TABLE flow RENAME COLUMN extra TO other",
  );
  await withClient(database.url, async (client) => {
    await applyMigrations(client, [...mine, additive]);
    expect(await findMigrationState(client, mine)).toEqual({ kind: "current", newer: [additive.name] });
    expect(await applyMigrations(client, mine)).toEqual([]);
    await applyMigrations(client, [...mine, additive, breaking]);
    expect(await findMigrationState(client, [...mine, additive])).toEqual({ kind: "current", newer: [breaking.name] });
    const words = new RegExp(
      `${breaking.name}, which this Hookline does not know .*run the newer version, or restore a backup`,
    );
    await expect(applyMigrations(client, mine)).rejects.toThrow(words);
    expect((await client.query("SELECT other FROM flow")).rows).toEqual([]);
  });
  await database.drop();
});

test("what Prisma's own tool applied counts once a Hookline that knows it has started", async () => {
  const database = await createEmptyDatabase();
  const mine = readMigrations();
  const later = made("9001_later", levelOf(mine), "CREATE TABLE later (id int)");
  await withClient(database.url, async (client) => {
    await applyMigrations(client, mine);
    await client.query(later.sql);
    await client.query(
      "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('p', $1, $2, now())",
      [later.checksum, later.name],
    );
    expect(await findMigrationState(client, mine)).toMatchObject({ kind: "refused", reason: "newer-than-code" });
    await applyMigrations(client, [...mine, later]);
    expect(await findMigrationState(client, mine)).toEqual({ kind: "current", newer: ["9001_later"] });
  });
  await database.drop();
});

test("code of another line, which lacks something of both, is refused", async () => {
  const database = await createEmptyDatabase();
  const mine = readMigrations();
  const theirs = made("9001_theirs", levelOf(mine), "CREATE TABLE theirs (id int)");
  const ours = made("9002_ours", levelOf(mine), "CREATE TABLE ours (id int)");
  await withClient(database.url, async (client) => {
    await applyMigrations(client, [...mine, theirs]);
    await expect(applyMigrations(client, [...mine, ours])).rejects.toThrow("but not 9002_ours, which it needs");
  });
  await database.drop();
});

function made(name: string, oldestCode: number, sql: string): Migration {
  const text = `-- oldest code: ${String(oldestCode).padStart(4, "0")}\n${sql};`;
  return {
    name,
    sql: text,
    checksum: createHash("sha256").update(text).digest("hex"),
    oldestCode: readOldestCode(text),
  };
}
