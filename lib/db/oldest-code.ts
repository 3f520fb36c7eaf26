import type { Migration } from "./migrations.ts";
import type { SqlClient } from "./with-client.ts";

/**
 * Writes down which migrations say how old code may run beside them, for running processes that do not have their
 * files.
 */
export async function recordOldestCode(client: SqlClient, migrations: readonly Migration[]): Promise<void> {
  const said = migrations.filter((migration) => migration.oldestCode !== null);
  if (said.length === 0 || !(await hasSettings(client))) return;
  await client.query(
    `INSERT INTO instance_setting (key, value) SELECT * FROM unnest($1::text[], $2::text[])
     ON CONFLICT (key) DO UPDATE SET value = excluded.value WHERE instance_setting.value <> excluded.value`,
    [said.map(({ name }) => keyOf(name)), said.map(({ oldestCode }) => String(oldestCode))],
  );
}

/** The oldest code that may run beside each of some migrations; those the database says nothing of are left out. */
export async function findOldestCode(client: SqlClient, migrations: readonly string[]): Promise<Map<string, number>> {
  if (!(await hasSettings(client))) return new Map();
  const { rows } = await client.query<{ key: string; value: string }>(
    "SELECT key, value FROM instance_setting WHERE key = ANY ($1)",
    [migrations.map(keyOf)],
  );
  const said = new Map(rows.map(({ key, value }) => [key, value]));
  const isSaid = (name: string) => /^\d+$/.test(said.get(keyOf(name)) ?? "");
  return new Map(migrations.filter(isSaid).map((name) => [name, Number(said.get(keyOf(name)))]));
}

function keyOf(migration: string): string {
  return `oldest-code:${migration}`;
}

/** A database that was never migrated has no such table. */
async function hasSettings(client: SqlClient): Promise<boolean> {
  const { rows } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('instance_setting') IS NOT NULL AS exists",
  );
  return rows[0]?.exists === true;
}
