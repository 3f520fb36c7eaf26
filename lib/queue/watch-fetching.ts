import type { WorkerEvents } from "graphile-worker";
import { SECOND } from "#lib/core/units.ts";

/** A pool with a free place asks for jobs once a second. */
const WITHOUT_ANSWER_MS_MAX = 10 * SECOND;
const LOOK_EVERY_MS = 1 * SECOND;

/**
 * Watches that a pool with a free place gets answers when it asks for jobs, and resolves `stuck` when it had none for
 * 10 s although the database answers. The queue library can come to that when the database dies at the wrong moment: it
 * keeps the error of its very first question for ever (0.18.0), and a shutdown that fails never ends. `isAnswered` says
 * how it is now; a pool without a free place counts as answered.
 */
export function watchFetching(
  events: WorkerEvents,
  pool: { hasFreePlace(): boolean; isDatabaseProven(): boolean },
): { stuck: Promise<void>; isAnswered(): boolean; stop(): void } {
  let answeredAtMs = performance.now();
  const note = () => (answeredAtMs = performance.now());
  events.on("localQueue:getJobs:complete", note);
  let tellStuck: () => void = () => undefined;
  const stuck = new Promise<void>((resolve) => (tellStuck = resolve));
  const looking = setInterval(() => {
    if (!pool.hasFreePlace() || !pool.isDatabaseProven()) note();
    else if (performance.now() - answeredAtMs > WITHOUT_ANSWER_MS_MAX) tellStuck();
  }, LOOK_EVERY_MS);
  return {
    stuck,
    isAnswered: () => performance.now() - answeredAtMs <= WITHOUT_ANSWER_MS_MAX,
    stop: () => clearInterval(looking),
  };
}
