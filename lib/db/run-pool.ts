import pg from "pg";
import { SECOND } from "#lib/core/units.ts";
import { openPool } from "#lib/db/open-pool.ts";
import { env } from "#lib/platform/env.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** How long claims and journal writes are gathered under load; concurrent runs wait together, so throughput gains. */
export const GATHER_MS = 3;

/**
 * The connections that claims and journal writes of a worker go through; two, because each has one statement in flight.
 * These statements join a few ids with big tables: index lookups are always right, whatever yesterday's statistics of a
 * table that was empty then make the planner believe.
 */
export function runPool(): pg.Pool {
  return singleton("run-pool", () =>
    makePool(
      3,
      "hookline runs",
      "-c plan_cache_mode=force_generic_plan -c enable_seqscan=off -c enable_hashjoin=off -c " +
        "enable_mergejoin=off -c jit=off",
    ),
  );
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

/** Closes both pools of this process, where they were opened. */
export async function closeRunPools(): Promise<void> {
  const store = globalThis as { [key: symbol]: unknown };
  for (const name of ["run-pool", "upkeep-pool"]) {
    const made = store[Symbol.for(`hookline.${name}`)];
    delete store[Symbol.for(`hookline.${name}`)];
    if (made instanceof pg.Pool) await made.end();
  }
}
