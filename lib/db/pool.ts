import pg from "pg";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";

/**
 * The process's one pool of Postgres connections, for the statements written by hand: accept, claim, journal.
 * Connections that break while idle are logged and replaced; a statement waits at most 5 s for a connection.
 */
export function pool(): pg.Pool {
  return singleton("pg-pool", () => {
    const made = new pg.Pool({
      connectionString: env().databaseUrl,
      max: env().databaseConnections,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      application_name: "hookline",
    });
    made.on("error", (error) => log().warn({ error }, "a database connection broke while idle"));
    return made;
  });
}
