import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, inject } from "vitest";
import { isOpenStep } from "#lib/core/states.ts";
import { acceptPool } from "#lib/db/accept-pool.ts";
import { closeListPool } from "#lib/db/list-pool.ts";
import { closeLive } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { watchPool } from "#lib/db/watch-pool.ts";
import { withClient } from "#lib/db/with-client.ts";
import { everyStep } from "#tests/support/kept-journal.ts";
import { makeDatabase, type TestDatabase } from "./template-database.ts";

/** Makes a fresh migrated database in the run's cluster (about 50 ms). */
export async function createTestDatabase(): Promise<TestDatabase> {
  return makeDatabase(inject("clusterUrl"), `TEMPLATE ${inject("templateName")}`);
}

/** Makes a database without any table, for tests of migrating itself. */
export async function createEmptyDatabase(): Promise<TestDatabase> {
  return makeDatabase(inject("clusterUrl"), "TEMPLATE template0");
}

/**
 * Gives the test file its own database for all its tests, as the settings of this process: `env()`, `pool()` and
 * `prisma()` use it. Call at the top of the file; read `url` inside tests and hooks only.
 */
export function useTestDatabase(): { readonly url: string } {
  let database: TestDatabase | null = null;
  beforeAll(async () => {
    database = await createTestDatabase();
    process.env.DATABASE_URL = database.url;
    process.env.HOOKLINE_SECRET_KEY ??= randomBytes(32).toString("base64");
    forget("env");
  });
  afterAll(async () => {
    if (isMade("prisma")) await prisma().$disconnect();
    if (isMade("live-listener") || isMade("live-outbox")) await closeLive();
    if (isMade("pg-pool")) await pool().end();
    if (isMade("accept-pool")) await acceptPool().end();
    if (isMade("watch-pool")) await watchPool().end();
    await closeListPool();
    for (const name of ["env", "prisma", "pg-pool", "accept-pool", "watch-pool"]) forget(name);
    delete process.env.DATABASE_URL;
    const open = database === null ? [] : await openStepsOfEndedRuns(database.url);
    await database?.drop();
    if (open.length > 0) throw new Error(`Steps are open in runs that ended: ${JSON.stringify(open)}`);
  });
  return {
    get url() {
      if (database === null) throw new Error("The test database exists only inside tests and hooks.");
      return database.url;
    },
  };
}

/** Whatever a test does to a run, none of its steps stays open once it has ended. */
async function openStepsOfEndedRuns(url: string): Promise<unknown[]> {
  return withClient(url, async (client) => {
    const sql = async <Row>(text: string, values: unknown[]) => (await client.query(text, values)).rows as Row[];
    const open = [];
    for await (const { runId, path, status } of everyStep("r.finished_at IS NOT NULL", sql))
      if (isOpenStep(status)) open.push({ runId, path, status });
    return open.slice(0, 5);
  });
}

const store = globalThis as { [key: symbol]: unknown };

function isMade(name: string): boolean {
  return Symbol.for(`hookline.${name}`) in store;
}

function forget(name: string): void {
  delete store[Symbol.for(`hookline.${name}`)];
}
