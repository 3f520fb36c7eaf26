import { randomUUID } from "node:crypto";
import { levelOf, type Migration, readMigrations } from "./migrations.ts";
import { findOldestCode, recordOldestCode } from "./oldest-code.ts";
import type { SqlClient } from "./with-client.ts";

/**
 * How a database stands to the migrations of this code; `newer`: what a newer Hookline added that this one may run
 * beside.
 */
export type MigrationState =
  | { kind: "current"; newer: string[] }
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

/** Compares the database's record of migrations with `migrations`; reads only. */
export async function findMigrationState(client: SqlClient, migrations: Migration[]): Promise<MigrationState> {
  const recorded = await readRecord(client);
  const newer: string[] = [];
  for (const row of recorded) {
    const known = migrations.find((migration) => migration.name === row.migration_name);
    if (known === undefined) {
      newer.push(row.migration_name);
      continue;
    }
    if (row.finished_at === null)
      return refused(
        "half-applied",
        `Migration ${row.migration_name} was begun and not finished: restore a backup, or finish it with ` +
          "prisma migrate resolve.",
      );
    if (row.checksum !== known.checksum)
      return refused(
        "changed-after-applying",
        `Migration ${row.migration_name} was changed after this database applied it.`,
      );
  }
  const done = new Set(recorded.map((row) => row.migration_name));
  const names = migrations.map((migration) => migration.name).filter((name) => !done.has(name));
  const misfit = newer.length === 0 ? null : await findMisfit(client, newer, levelOf(migrations));
  if (misfit !== null) return refused("newer-than-code", misfit);
  if (newer.length > 0 && names.length > 0)
    return refused(
      "newer-than-code",
      `The database has ${newer.join(", ")}, which this Hookline does not know, but not ${names.join(", ")}, ` +
        "which it needs: run the newer version.",
    );
  return names.length === 0 ? { kind: "current", newer } : { kind: "pending", names };
}

/** Why code of this level may not run beside what a newer one did to the database; null when it may. */
async function findMisfit(client: SqlClient, newer: readonly string[], level: number): Promise<string | null> {
  const oldest = await findOldestCode(client, newer);
  for (const name of newer) {
    const needed = oldest.get(name);
    if (needed !== undefined && needed <= level) continue;
    const why =
      needed === undefined
        ? "and does not say which versions may run beside it"
        : `and is made for versions that know ${fourDigits(needed)}`;
    return (
      `The database has migration ${name}, which this Hookline does not know (it knows up to ` +
      `${fourDigits(level)}), ${why}: ` +
      "run the newer version, or restore a backup made before the upgrade."
    );
  }
  return null;
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
    const names = state.kind === "current" ? [] : state.names;
    for (const migration of migrations.filter(({ name }) => names.includes(name))) await applyOne(client, migration);
    // Again for all of them: Prisma's own tool may have applied some, and it reads no comments.
    await recordOldestCode(client, migrations);
    return names;
  } finally {
    await client.query("SELECT pg_advisory_unlock($1)", [LOCK_KEY]);
  }
}

async function applyOne(client: SqlClient, migration: Migration): Promise<void> {
  await client.query("BEGIN");
  try {
    await client.query(migration.sql);
    await recordOldestCode(client, [migration]);
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
    `SELECT migration_name, checksum, finished_at FROM _prisma_migrations
     WHERE rolled_back_at IS NULL ORDER BY started_at`,
  );
  return recorded.rows;
}

function fourDigits(level: number): string {
  return String(level).padStart(4, "0");
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
