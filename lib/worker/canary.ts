import { databaseNow } from "#lib/core/database-time.ts";
import { SECOND } from "#lib/core/units.ts";
import { collectCanaryRun, deleteCanaryRuns, insertCanaryRun } from "#lib/db/canary-runs.ts";
import { log } from "#lib/platform/log.ts";

const CANARY_EVERY_MS = 5 * SECOND;
const LOOK_EVERY_MS = 50;
const LOOK_MS_MAX = 4 * SECOND;

/**
 * Sends a run without effect through queue, claim and finish every 5 s; each that arrives is the proof /readyz reads.
 */
export function startCanary(): { stop(): void } {
  let stopped = false;
  let timer: NodeJS.Timeout;
  const round = async () => {
    try {
      const id = await insertCanaryRun(databaseNow());
      const until = performance.now() + LOOK_MS_MAX;
      while (!stopped && performance.now() < until && !(await collectCanaryRun(id))) await pause(LOOK_EVERY_MS);
      await deleteCanaryRuns();
    } catch (error) {
      if (!stopped) log().warn({ error }, "a canary failed");
    }
    if (!stopped) timer = setTimeout(() => void round(), CANARY_EVERY_MS);
  };
  timer = setTimeout(() => void round(), 0);
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
