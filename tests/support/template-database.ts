import { createHash, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import type pg from "pg";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { readMigrations } from "#lib/db/migrations.ts";
import { withClient } from "#lib/db/with-client.ts";

/** The migrated database others are copied from, made once per cluster, schema and day; returns its name. */
export async function ensureTemplate(clusterUrl: string, now: Date): Promise<string> {
  const queue = readFileSync("node_modules/graphile-worker/package.json", "utf8");
  const fingerprint = createHash("sha256")
    .update(JSON.stringify(readMigrations().map((migration) => migration.checksum)))
    .update(queue)
    .update(readFileSync("lib/db/partitions.ts"))
    .update(now.toISOString().slice(0, 10))
    .digest("hex");
  const name = `template_${fingerprint.slice(0, 16)}`;
  await withClient(clusterUrl, async (client) => {
    await client.query("SELECT pg_advisory_lock(1)");
    const found = await client.query("SELECT 1 FROM pg_database WHERE datname = $1", [name]);
    if (found.rowCount === 1) return;
    const half = `${name}_half`;
    await dropDatabase(client, half);
    await client.query(`CREATE DATABASE ${half}`);
    await migrateDatabase(databaseUrl(clusterUrl, half));
    await client.query(`ALTER DATABASE ${half} RENAME TO ${name}`);
  });
  return name;
}

/** A database of one's own. */
export type TestDatabase = { url: string; drop(): Promise<void> };

/** Makes a database in a cluster; `how` says from which template. */
export async function makeDatabase(clusterUrl: string, how: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(8).toString("hex")}`;
  await withClient(clusterUrl, (client) => client.query(`CREATE DATABASE ${name} ${how}`));
  return {
    url: databaseUrl(clusterUrl, name),
    drop: () => withClient(clusterUrl, (client) => dropDatabase(client, name)),
  };
}

/**
 * Ends the connections of this role and drops the database. Without FORCE, which refuses a role that is no superuser
 * while an autovacuum worker is in that database; a plain DROP sends such a worker away and waits for it.
 */
async function dropDatabase(client: pg.Client, name: string): Promise<void> {
  await client.query(
    `SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1 AND usename = current_user`,
    [name],
  );
  await client.query(`DROP DATABASE IF EXISTS ${name}`);
}

/** The URL of the database `name` in the cluster of `clusterUrl`. */
export function databaseUrl(clusterUrl: string, name: string): string {
  const url = new URL(clusterUrl);
  url.pathname = `/${name}`;
  return url.href;
}
