import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { ensurePartitions } from "#lib/db/partitions.ts";
import { withClient } from "#lib/db/with-client.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";

let home: string;
let server: EmbeddedPostgres | null = null;
beforeEach(() => {
  home = mkdtempSync(path.join(os.tmpdir(), "hookline-owner-"));
  chmodSync(home, 0o711);
});
afterEach(async () => {
  await server?.stop();
  server = null;
  rmSync(home, { recursive: true, force: true });
});

const start = async () => {
  server = await startEmbeddedPostgres({ folder: path.join(home, "postgres"), durable: false });
  return server;
};

/** Whoever owns something of the database that is not PostgreSQL's own. */
const OWNERS = `
  SELECT DISTINCT pg_get_userbyid(owner) AS owner FROM (
    SELECT relowner AS owner, relnamespace AS place FROM pg_class UNION ALL SELECT proowner, pronamespace FROM pg_proc
    UNION ALL SELECT typowner, typnamespace FROM pg_type) all_of_it
  JOIN pg_namespace n ON n.oid = place WHERE nspname !~ '^pg_' AND nspname <> 'information_schema'`;

test("a new database is worked with by a role that is no superuser and may do everything in it", async () => {
  const { url } = await start();
  await migrateDatabase(url);
  await withClient(url, async (client) => {
    const { rows } = await client.query(
      "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user",
    );
    expect(rows).toEqual([{ rolsuper: false, rolcreaterole: false, rolcreatedb: false }]);
    expect((await ensurePartitions(client, new Date(Date.now() + 30 * 86_400_000))).length).toBeGreaterThan(0);
    await expect(client.query("SELECT pg_read_file('/etc/hostname')")).rejects.toThrow("permission denied");
    await expect(client.query("COPY (SELECT 1) TO PROGRAM 'true'")).rejects.toThrow("permission denied");
  });
});

test.each(["stopped", "still running"])(
  "a database of a version that worked as superuser, %s, is handed over in place",
  async (how) => {
    const older = await start();
    await migrateDatabase(older.superuserUrl);
    await withClient(older.superuserUrl, async (client) => {
      await client.query(
        "CREATE SEQUENCE loose; CREATE TYPE colour AS ENUM ('red'); CREATE VIEW seen AS SELECT 1 AS one",
      );
      await client.query("INSERT INTO workspace (id, name) VALUES (new_id(), 'Kept')");
      expect((await client.query(OWNERS)).rows).toEqual([{ owner: "hookline" }]);
    });
    if (how === "stopped") await older.stop();
    rmSync(path.join(home, "postgres", "owner-password"));
    const { url, adopted } = await start();
    expect(adopted).toBe(false);
    await migrateDatabase(url);
    await withClient(url, async (client) => {
      expect((await client.query(OWNERS)).rows).toEqual([{ owner: "hookline_app" }]);
      expect((await client.query("SELECT name FROM workspace")).rows).toEqual([{ name: "Kept" }]);
      await client.query("ALTER TABLE run ADD COLUMN later text; ALTER TYPE colour ADD VALUE 'blue'; DROP VIEW seen");
      await client.query("SELECT graphile_worker.add_job('run', '{}'::json)");
    });
  },
);
