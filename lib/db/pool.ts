import type pg from "pg";
import { openPool } from "#lib/db/open-pool.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/**
 * The process's one pool of Postgres connections, for the statements written by hand: accept, claim, journal.
 * Connections that break while idle are logged and replaced; a statement waits at most 5 s for a connection.
 */
export function pool(): pg.Pool {
  return singleton("pg-pool", () =>
    openPool({
      connectionString: env().databaseUrl,
      max: env().databaseConnections,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      application_name: "hookline",
    }),
  );
}
