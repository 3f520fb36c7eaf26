import pg from "pg";
import { BusyError } from "#lib/core/errors.ts";
import { SECOND } from "#lib/core/units.ts";
import { openPool } from "#lib/db/open-pool.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { Turns } from "#lib/platform/turns.ts";

/** How long a list or a search may take; what takes longer is told to ask for less. */
const LIST_MS_MAX = 5 * SECOND;

/** Searches of one person that may wait while one of theirs runs. */
const WAITING_MAX = 3;

type ListQuery = { text: string; values: unknown[] };

/** Asks for a page of a list. Throws BusyError when the answer, or a connection for it, takes longer than 5 s. */
export async function askList<Row extends pg.QueryResultRow>(query: ListQuery): Promise<Row[]> {
  try {
    return (await listPool().query<Row>(query)).rows;
  } catch (error) {
    if (isTooLong(error)) throw new BusyError("list-too-long", TOO_LONG);
    throw error;
  }
}

/**
 * The same for a search through texts, which reads everything: one of each person runs, three wait, more are refused.
 */
export async function askSearch<Row extends pg.QueryResultRow>(query: ListQuery, person: string): Promise<Row[]> {
  const all = singleton("search-turns", () => new Map<string, { turns: Turns; users: number }>());
  const own = all.get(person) ?? { turns: new Turns(ONE_AT_A_TIME), users: 0 };
  all.set(person, own);
  own.users += 1;
  try {
    const rows = await own.turns.take(person, 0, () => askList<Row>(query));
    if (rows === null) throw new BusyError("search-busy", TOO_MANY);
    return rows;
  } finally {
    own.users -= 1;
    if (own.users === 0) all.delete(person);
  }
}

const ONE_AT_A_TIME = { atOnce: 1, waitingMax: WAITING_MAX, bytesMax: 1, waitMsMax: 2 * LIST_MS_MAX };

const TOO_LONG =
  "This search took longer than 5 seconds and was stopped. Narrow it: " +
  "choose a time span, a flow, an endpoint or a state.";
const TOO_MANY = "Your other searches are still running. Wait for them, then search again.";

/** A few connections that only lists use: however long they take, pages, runs and senders have theirs. */
function listPool(): pg.Pool {
  return singleton("list-pool", () =>
    openPool({
      connectionString: env().databaseUrl,
      max: Math.max(2, Math.floor(env().databaseConnections / 2)),
      connectionTimeoutMillis: LIST_MS_MAX,
      idleTimeoutMillis: 30 * SECOND,
      statement_timeout: LIST_MS_MAX,
      query_timeout: LIST_MS_MAX + SECOND,
      application_name: "hookline lists",
      // A page is fifty rows: a second process to find them costs more than it brings, and others the processor.
      options: "-c jit=off -c max_parallel_workers_per_gather=0",
    }),
  );
}

/** Closes the connections for lists, where they were opened. */
export async function closeListPool(): Promise<void> {
  const store = globalThis as { [key: symbol]: unknown };
  const key = Symbol.for("hookline.list-pool");
  const made = store[key];
  delete store[key];
  if (made instanceof pg.Pool) await made.end();
}

/** SQLSTATE 57014 is a statement stopped at its timeout; the driver's own timeout has words only. */
function isTooLong(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  return ("code" in error && error.code === "57014") || error.message === "Query read timeout";
}
