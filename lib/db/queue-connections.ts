import type pg from "pg";
import { SECOND } from "#lib/core/units.ts";
import { openPool } from "#lib/db/open-pool.ts";

/**
 * The connections one pool of the queue fetches and completes jobs through; the caller ends them. They do not wait for
 * the disk: a fetch or a completion that a crash of the database undoes is a job that comes again, and whose run is
 * then found to be held or ended.
 */
export function openQueueConnections(databaseUrl: string): pg.Pool {
  return openPool({
    connectionString: databaseUrl,
    max: 4,
    connectionTimeoutMillis: 5 * SECOND,
    application_name: "hookline queue",
    options: "-c synchronous_commit=off",
  });
}
