import type pg from "pg";
import { afterAll, expect, test } from "vitest";
import { acceptPool } from "#lib/db/accept-pool.ts";
import { inPgTransaction } from "#lib/db/in-pg-transaction.ts";
import { pool } from "#lib/db/pool.ts";
import { openQueueConnections } from "#lib/db/queue-connections.ts";
import { closeRunPools, runPool, upkeepPool } from "#lib/db/run-pool.ts";
import { watchPool } from "#lib/db/watch-pool.ts";
import { withClient } from "#lib/db/with-client.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

const database = useTestDatabase();
afterAll(closeRunPools);

const POOLS: [string, () => pg.Pool][] = [
  ["receiving", acceptPool],
  ["pages", pool],
  ["watching", watchPool],
  ["runs", runPool],
  ["upkeep", upkeepPool],
];

async function cut(pid: number): Promise<void> {
  await withClient(database.url, async (client) => {
    await client.query("SELECT pg_terminate_backend($1, 5000)", [pid]);
  });
}

async function pidOf(client: pg.PoolClient): Promise<number> {
  return (await client.query<{ pid: number }>("SELECT pg_backend_pid() AS pid")).rows[0]?.pid ?? 0;
}

/** An error without a listener is thrown in nobody's call: vitest fails the file, a server would end. */
test.each(POOLS)(
  "a %s connection cut while it is lent out, between two statements, ends nothing",
  async (_what, of) => {
    const work = inPgTransaction(of(), async (client) => {
      const ended = new Promise((resolve) => client.once("end", resolve));
      await cut(await pidOf(client));
      await ended;
      await client.query("SELECT 1");
    });
    await expect(work).rejects.toThrow(/not queryable|terminat/);
    await expect(of().query("SELECT 1 AS one")).resolves.toMatchObject({ rows: [{ one: 1 }] });
  },
);

test("neither does one of the queue", async () => {
  const connections = openQueueConnections(database.url);
  const client = await connections.connect();
  await cut(await pidOf(client));
  await expect(client.query("SELECT 1")).rejects.toThrow();
  client.release(true);
  await expect(connections.query("SELECT 1 AS one")).resolves.toMatchObject({ rows: [{ one: 1 }] });
  await connections.end();
});
