import { databaseNow, isDatabaseTimeSure, setDatabaseTime } from "#lib/core/database-time.ts";
import { HOUR } from "#lib/core/units.ts";
import { watchPool } from "#lib/db/watch-pool.ts";
import type { SqlClient } from "#lib/db/with-client.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";

/**
 * Now by the database's clock, measured again first when the last measurement is over an hour old or in doubt: the
 * machine slept, its clock was set, or a connection is new. Never throws: without an answer it is the best known.
 */
export async function settleDatabaseTime(): Promise<Date> {
  if (!isDatabaseTimeSure(HOUR)) await measureOnce();
  return databaseNow();
}

/** Asks a database for its time; for those who have a connection of their own. */
export async function readDatabaseTime(client: SqlClient): Promise<Date> {
  const { rows } = await client.query<{ ms: number }>(ASK);
  return new Date(Math.floor(rows[0]?.ms ?? Number.NaN));
}

const ASK = "SELECT extract(epoch FROM clock_timestamp())::float8 * 1000 AS ms";

/** All who wait at the moment share one question. */
function measureOnce(): Promise<void> {
  const state = singleton<{ asking: Promise<void> | null }>("database-time-asking", () => ({ asking: null }));
  state.asking ??= measure().finally(() => (state.asking = null));
  return state.asking;
}

async function measure(): Promise<void> {
  try {
    const client = await watchPool().connect();
    try {
      const askedMs = performance.now();
      const databaseMs = (await readDatabaseTime(client)).getTime();
      setDatabaseTime(databaseMs, (askedMs + performance.now()) / 2);
    } finally {
      client.release();
    }
  } catch (error) {
    log().warn({ error }, "the database's clock could not be asked");
  }
}
