import { SECOND } from "#lib/core/units.ts";
import { reconcileRuns } from "#lib/db/reconcile-runs.ts";
import { sweepSilentPools, unlockOrphanedJobs } from "#lib/db/worker-pools.ts";
import { log } from "#lib/platform/log.ts";

const SWEEP_EVERY_MS = SECOND / 2;
const RECONCILE_EVERY_MS = 10 * SECOND;

/**
 * Looks twice a second for pools that fell silent and hands on what they held; every 10 s for runs that lost their job.
 * Every worker process does this, so one that dies is always seen by another or by its own successor.
 */
export function startSweeper(): { stop(): void } {
  let stopped = false;
  let reconciledAtMs = performance.now();
  const round = async () => {
    try {
      const dead = await sweepSilentPools();
      if (dead.length > 0) log().warn({ pools: dead }, "declared silent worker pools dead");
      if (performance.now() - reconciledAtMs >= RECONCILE_EVERY_MS) {
        reconciledAtMs = performance.now();
        await unlockOrphanedJobs();
        const runs = await reconcileRuns();
        if (runs.length > 0)
          log().warn({ runs: runs.slice(0, 20), count: runs.length }, "runs had lost their jobs; added them again");
      }
    } catch (error) {
      log().warn({ error }, "a sweep failed");
    }
    if (!stopped) timer = setTimeout(() => void round(), SWEEP_EVERY_MS);
  };
  let timer: NodeJS.Timeout = setTimeout(() => void round(), 0);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
