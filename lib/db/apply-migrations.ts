import { createHash, randomUUID } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { SqlClient } from "./with-client.ts";

/** One migration of the code: its folder's name, its SQL and the SHA-256 (hex) Prisma would record for it. */
export type Migration = { name: string; sql: string; checksum: string };

/** How a database stands to the migrations of this code. */
export type MigrationState =
  | { kind: "current" }
  | { kind: "pending"; names: string[] }
  | { kind: "refused"; reason: "newer-than-code" | "changed-after-applying" | "half-applied"; message: string };

/**
 * Thrown when a database cannot be brought to this code's schema; the message is for the person who starts Hookline.
 */
export class MigrationRefused extends Error {
  override readonly name = "MigrationRefused";
}

// The key of Prisma's own migration lock: the two never run at the same time.
const LOCK_KEY = 72_707_369;

/** Reads the migrations of this code in the order they apply. */
export function readMigrations(folder = path.join(process.cwd(), "prisma", "migrations")): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(path.join(folder, name, "migration.sql"));
      return { name, sql: bytes.toString("utf8"), checksum: createHash("sha256").update(bytes).digest("hex") };
    });
}

/** Compares the database's record of migrations with `migrations`; reads only. */
export async function findMigrationState(client: SqlClient, migrations: Migration[]): Promise<MigrationState> {
  const recorded = await readRecord(client);
  for (const row of recorded) {
    const known = migrations.find((migration) => migration.name === row.migration_name);
    if (known === undefined)
      return refused(
        "newer-than-code",
        `The database has migration ${row.migration_name}, which this Hookline does not know: run the newer version.`,
      );
    if (row.finished_at === null)
      return refused(
        "half-applied",
        `Migration ${row.migration_name} was begun and not finished: restore a backup, or finish it with prisma migrate resolve.`,
      );
    if (row.checksum !== known.checksum)
      return refused(
        "changed-after-applying",
        `Migration ${row.migration_name} was changed after this database applied it.`,
      );
  }
  const done = new Set(recorded.map((row) => row.migration_name));
  const names = migrations.map((migration) => migration.name).filter((name) => !done.has(name));
  return names.length === 0 ? { kind: "current" } : { kind: "pending", names };
}

/**
 * Applies what is pending, each migration in a transaction of its own, under Prisma's advisory lock, and records it in
 * Prisma's `_prisma_migrations`; returns the names applied. Throws MigrationRefused when the database does not fit.
 */
export async function applyMigrations(client: SqlClient, migrations = readMigrations()): Promise<string[]> {
  await client.query("SELECT pg_advisory_lock($1)", [LOCK_KEY]);
  try {
    await refuseOldServer(client);
    await client.query(createRecordSql);
    const state = await findMigrationState(client, migrations);
    if (state.kind === "refused") throw new MigrationRefused(state.message);
    if (state.kind === "current") return [];
    const pending = migrations.filter((migration) => state.names.includes(migration.name));
    for (const migration of pending) await applyOne(client, migration);
    return state.names;
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK_KEY]);
  }
}

async function applyOne(client: SqlClient, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await client.query(
      `INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at, applied_steps_count)
       VALUES ($1, $2, $3, now(), 1)`,
      [randomUUID(), migration.checksum, migration.name],
    );
    await client.query("COMMIT");
  } catch (cause) {
    await client.query("ROLLBACK");
    throw new MigrationRefused(`Migration ${migration.name} failed: ${(cause as Error).message}`, { cause });
  }
}

async function refuseOldServer(client: SqlClient): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::int AS version",
  );
  const version = rows[0]?.version ?? 0;
  if (version < 150_000)
    throw new MigrationRefused(`PostgreSQL ${Math.floor(version / 10_000)} is too old: Hookline needs 15 or newer.`);
}

type Recorded = { migration_name: string; checksum: string; finished_at: Date | null };

async function readRecord(client: SqlClient): Promise<Recorded[]> {
  const { rows } = await client.query<{ exists: boolean }>(
    "SELECT to_regclass('_prisma_migrations') IS NOT NULL AS exists",
  );
  if (rows[0]?.exists !== true) return [];
  const recorded = await client.query<Recorded>(
    "SELECT migration_name, checksum, finished_at FROM _prisma_migrations WHERE rolled_back_at IS NULL ORDER BY started_at",
  );
  return recorded.rows;
}

function refused(
  reason: "newer-than-code" | "changed-after-applying" | "half-applied",
  message: string,
): MigrationState {
  return { kind: "refused", reason, message };
}

// Column for column what Prisma creates, so that `prisma migrate` accepts the table as its own.
const createRecordSql = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id                  VARCHAR(36) PRIMARY KEY NOT NULL,
  checksum            VARCHAR(64) NOT NULL,
  finished_at         TIMESTAMPTZ,
  migration_name      VARCHAR(255) NOT NULL,
  logs                TEXT,
  rolled_back_at      TIMESTAMPTZ,
  started_at          TIMESTAMPTZ NOT NULL DEFAULT now(),
  applied_steps_count INTEGER NOT NULL DEFAULT 0
)`;
