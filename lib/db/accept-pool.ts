import type pg from "pg";
import { doubtDatabaseTime } from "#lib/core/database-time.ts";
import { SECOND } from "#lib/core/units.ts";
import { BY_INDEX } from "#lib/db/by-index.ts";
import { openPool } from "#lib/db/open-pool.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** How long receiving waits for a connection before it tells senders to come back. */
const CONNECT_MS_MAX = 2 * SECOND;

/** How long one statement of receiving may take; a database that hangs longer counts as down. */
const STATEMENT_MS_MAX = 4 * SECOND;

/** How long one statement may take that stores a large body or a batch; set where its transaction begins. */
export const PATIENT_MS_MAX = 20 * SECOND;

/** Makes the driver wait that long as well. */
export const PATIENT = { query_timeout: PATIENT_MS_MAX + SECOND };

/**
 * Seven connections at most that only receiving uses, so that slow pages cannot hold up senders: two store events (one
 * of them past a crowd), two large ones and two batches, which can take seconds, and one looks up endpoints. They give
 * up fast: a sender who is told 503 sends again, one who waits does not.
 */
export function acceptPool(): pg.Pool {
  return singleton("accept-pool", () => {
    const made = openPool({
      connectionString: env().databaseUrl,
      max: 7,
      connectionTimeoutMillis: CONNECT_MS_MAX,
      idleTimeoutMillis: 0,
      statement_timeout: STATEMENT_MS_MAX,
      query_timeout: STATEMENT_MS_MAX + SECOND / 2,
      application_name: "hookline receiving",
      options: BY_INDEX,
    });
    made.on("connect", doubtDatabaseTime);
    return made;
  });
}
