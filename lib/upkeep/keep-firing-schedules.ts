import { SECOND } from "#lib/core/units.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { fireSchedules } from "#lib/upkeep/fire-schedules.ts";

/** Starts, every second until stopped, the runs of schedules that are due. */
export function keepFiringSchedules(): Upkeep {
  return keepDoing(fireSchedules, 1 * SECOND, "schedules could not be looked at");
}
