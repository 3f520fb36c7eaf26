import { SECOND } from "#lib/core/units.ts";
import { releaseParkedEvents } from "#lib/db/release-parked.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { log } from "#lib/platform/log.ts";

/** Starts, now and every 10 s until stopped, what an interrupted or overtaken resume left parked. */
export function keepReleasingParked(): Upkeep {
  const turn = async () => {
    const { events } = await releaseParkedEvents();
    if (events > 0) log().info({ events }, "started events that were left parked");
  };
  return keepDoing(turn, 10 * SECOND, "parked events could not be looked at");
}
