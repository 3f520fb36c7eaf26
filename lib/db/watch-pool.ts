import type pg from "pg";
import { SECOND } from "#lib/core/units.ts";
import { openPool } from "#lib/db/open-pool.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** How long a question to the database about itself may take. */
export const WATCH_MS_MAX = 2 * SECOND;

/**
 * One connection that only asks the database whether it is there, what it holds and what time it is. It never waits
 * behind pages, runs or senders, so that their load is not taken for the database's absence.
 */
export function watchPool(): pg.Pool {
  return singleton("watch-pool", () =>
    openPool({
      connectionString: env().databaseUrl,
      max: 1,
      connectionTimeoutMillis: WATCH_MS_MAX,
      idleTimeoutMillis: 30 * SECOND,
      query_timeout: WATCH_MS_MAX,
      application_name: "hookline watch",
    }),
  );
}
