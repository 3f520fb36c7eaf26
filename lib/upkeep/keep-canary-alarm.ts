import { SECOND } from "#lib/core/units.ts";
import { findCanaryAgeMs } from "#lib/db/canaries.ts";
import { getQueueState } from "#lib/db/queue-state.ts";
import { watchPool } from "#lib/db/watch-pool.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { log } from "#lib/platform/log.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** Workers send a canary every 5 s, and it takes milliseconds. */
export const CANARY_AGE_MAX_MS = 20 * SECOND;

const LOOK_EVERY_MS = 5 * SECOND;

/**
 * Looks every 5 s whether some worker still takes runs through the queue, and says it once in the log when none does
 * and once when one does again. It belongs to a process that is no worker: who watches must not be who fails.
 */
export function keepCanaryAlarm(): Upkeep {
  const beganAtMs = performance.now();
  return keepDoing(
    () => lookAtCanary(performance.now() - beganAtMs),
    LOOK_EVERY_MS,
    "the canary could not be looked at",
  );
}

/**
 * One look; `watchedMs` is for how long there have been looks: a worker that starts beside this process gets its time.
 */
export async function lookAtCanary(watchedMs: number): Promise<void> {
  const state = singleton("canary-alarm", () => ({ told: false }));
  const ageMs = (await findCanaryAgeMs(watchPool())) ?? Number.POSITIVE_INFINITY;
  const isLate = ageMs > CANARY_AGE_MAX_MS && watchedMs > CANARY_AGE_MAX_MS;
  if (isLate === state.told) return;
  state.told = isLate;
  if (!isLate) {
    log().info({ canaryAgeSeconds: ageMs / SECOND }, "runs get through the queue again");
    return;
  }
  const { canaryAgeSeconds, workersAlive, oldestQueuedSeconds } = await getQueueState(watchPool());
  const words = workersAlive === 0 ? "no worker is alive" : "workers are alive, but no run gets through the queue";
  log().error({ canaryAgeSeconds, workersAlive, oldestQueuedSeconds }, `${words}; what is accepted waits`);
}
