import { fireSchedules } from "#lib/commands/schedules/fire-schedules.ts";
import { SECOND } from "#lib/core/units.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";

/** Starts, every second until stopped, the runs of schedules that are due. */
export function keepFiringSchedules(): Upkeep {
  return keepDoing(fireSchedules, 1 * SECOND, "schedules could not be looked at");
}
