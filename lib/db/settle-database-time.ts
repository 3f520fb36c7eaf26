import { databaseNow, isDatabaseTimeFresh, isDatabaseTimeKnown, setDatabaseTime } from "#lib/core/database-time.ts";
import { HOUR, SECOND } from "#lib/core/units.ts";
import { watchPool } from "#lib/db/watch-pool.ts";
import type { SqlClient } from "#lib/db/with-client.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Whoever must know the time waits so long for it: senders want an answer while the database hangs. */
const WAIT_MS_MAX = 1 * SECOND;

/**
 * Now by the database's clock. It is measured again when the last measurement is over an hour old or in doubt (a new
 * connection may lead to another server), without anybody waiting; when it was never measured, the machine slept, or
 * its clock was set, it is waited for, for a second at most. Never throws: without an answer it is the best known.
 */
export async function settleDatabaseTime(): Promise<Date> {
  if (isDatabaseTimeFresh(HOUR)) return databaseNow();
  const measuring = measureOnce();
  if (!isDatabaseTimeKnown()) await atMost(measuring, WAIT_MS_MAX);
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
      setDatabaseTime(databaseMs, askedMs, performance.now());
    } finally {
      client.release();
    }
  } catch (error) {
    log().warn({ error }, "the database's clock could not be asked");
  }
}

async function atMost(work: Promise<void>, ms: number): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  await Promise.race([work, new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))]);
  clearTimeout(timer);
}
