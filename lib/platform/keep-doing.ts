import { MINUTE } from "#lib/core/units.ts";
import { log } from "#lib/platform/log.ts";

/** Care that is taken again and again until it is stopped. */
export type Upkeep = { stop(): void };

/**
 * Does `turn` now and every `everyMs` after it has ended, until stopped; keeps no process alive. A failure is logged in
 * the words of `failure`, and the next turn comes within a minute. Several processes may do the same at once.
 */
export function keepDoing(turn: () => Promise<unknown>, everyMs: number, failure: string): Upkeep {
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  const next = async () => {
    let waitMs = everyMs;
    try {
      await turn();
    } catch (error) {
      log().warn({ error }, failure);
      waitMs = Math.min(everyMs, MINUTE);
    }
    if (!stopped) timer = setTimeout(() => void next(), waitMs).unref();
  };
  void next();
  return {
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
