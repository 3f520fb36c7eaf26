import { SECOND } from "#lib/core/units.ts";
import { releaseParkedEvents } from "#lib/db/release-parked.ts";
import { log } from "#lib/platform/log.ts";

const EVERY_MS = 10 * SECOND;

/** Starts, every 10 s until stopped, what an interrupted or overtaken resume left parked. */
export function keepReleasingParked(): { stop(): void } {
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    releaseParkedEvents()
      .then(
        ({ events }) => {
          if (events > 0) log().info({ events }, "started events that were left parked");
        },
        (error: unknown) => log().debug({ error }, "parked events could not be looked at"),
      )
      .finally(() => {
        busy = false;
      });
  }, EVERY_MS);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
