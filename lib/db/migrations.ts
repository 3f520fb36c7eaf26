import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

/**
 * One migration of the code: its folder's name, its SQL and the SHA-256 (hex) Prisma would record for it. `oldestCode`
 * is the number of the newest migration that a Hookline must know to run beside this one; null where it says nothing.
 */
export type Migration = { name: string; sql: string; checksum: string; oldestCode: number | null };

/** Reads the migrations of this code in the order they apply. */
export function readMigrations(folder = path.join(process.cwd(), "prisma", "migrations")): Migration[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
    .map((name) => {
      const bytes = readFileSync(path.join(folder, name, "migration.sql"));
      const sql = bytes.toString("utf8");
      return { name, sql, checksum: createHash("sha256").update(bytes).digest("hex"), oldestCode: readOldestCode(sql) };
    });
}

/** The number in a migration's own line `-- oldest code: 0011`; null without such a line. */
export function readOldestCode(sql: string): number | null {
  const said = /^-- oldest code: (\d{4})$/m.exec(sql)?.[1];
  return said === undefined ? null : Number(said);
}

/** The number a migration's name begins with. */
export function numberOf(name: string): number {
  return Number.parseInt(name, 10);
}

/** How far code with these migrations knows the schema: the highest number among them; 0 without any. */
export function levelOf(migrations: readonly Pick<Migration, "name">[]): number {
  return Math.max(0, ...migrations.map(({ name }) => numberOf(name)));
}
