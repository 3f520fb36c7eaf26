import { executeRun } from "#lib/commands/execute-run.ts";
import type { RunLease } from "#lib/commands/run-ports.ts";
import { SECOND } from "#lib/core/units.ts";
import { findClaims, postponeRun } from "#lib/db/suspect-runs.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Claims without progress from which on a run may have taken its workers down. */
const CLAIMS_SUSPECT = 2;

/**
 * Executes a run; one that may have taken two workers down already is executed only while no other such run is, so that
 * its neighbours are not found guilty with it. While the place is taken it is put back for a second.
 */
export async function executeRunAlone(job: { runId: string; isSuspect: boolean }, lease: RunLease): Promise<void> {
  if (!job.isSuspect || ((await findClaims(job.runId)) ?? 0) < CLAIMS_SUSPECT) return executeRun(job.runId, lease);
  const place = singleton("suspect-run", () => ({ taken: false }));
  if (place.taken) return postponeRun(job.runId, 1 * SECOND);
  place.taken = true;
  try {
    await executeRun(job.runId, lease);
  } finally {
    place.taken = false;
  }
}
