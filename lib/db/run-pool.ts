import pg from "pg";
import { SECOND } from "#lib/core/units.ts";
import { BY_INDEX } from "#lib/db/by-index.ts";
import { openPool } from "#lib/db/open-pool.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** How long claims and journal writes are gathered under load; concurrent runs wait together, so throughput gains. */
export const GATHER_MS = 3;

/** A hash of one table would be made of all its rows. */
const RUN_OPTIONS = `${BY_INDEX} -c enable_hashjoin=off`;

/** The connections that journal writes of a worker go through, and what a run reads while it is worked on. */
export function runPool(): pg.Pool {
  return singleton("run-pool", () => makePool(3, "hookline runs", RUN_OPTIONS));
}

/**
 * The connection that claims go through, which do not wait for the disk: whatever a claim leads to is written by the
 * journal, which waits, and what comes before it in the write-ahead log is on the disk then. A claim that a crash of
 * the database undoes is refused by the fence.
 */
export function claimPool(): pg.Pool {
  return singleton("claim-pool", () => makePool(1, "hookline claims", `${RUN_OPTIONS} -c synchronous_commit=off`));
}

/** Two connections, one to heartbeat and one to sweep and reconcile; they never wait behind the work it watches. */
export function upkeepPool(): pg.Pool {
  return singleton("upkeep-pool", () => makePool(2, "hookline upkeep", "-c jit=off"));
}

function makePool(max: number, applicationName: string, options: string): pg.Pool {
  return openPool({
    connectionString: env().databaseUrl,
    max,
    connectionTimeoutMillis: 2 * SECOND,
    idleTimeoutMillis: 0,
    query_timeout: 10 * SECOND,
    application_name: applicationName,
    options,
  });
}

/** Closes the pools of this process that were opened. */
export async function closeRunPools(): Promise<void> {
  const store = globalThis as { [key: symbol]: unknown };
  for (const name of ["run-pool", "claim-pool", "upkeep-pool"]) {
    const made = store[Symbol.for(`hookline.${name}`)];
    delete store[Symbol.for(`hookline.${name}`)];
    if (made instanceof pg.Pool) await made.end();
  }
}
