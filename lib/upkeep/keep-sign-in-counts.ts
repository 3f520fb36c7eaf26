import { MINUTE } from "#lib/core/units.ts";
import { deleteEndedCounts } from "#lib/db/sign-in-counts.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";

/** Clears away ended counts of sign-in attempts, now and every five minutes until stopped. */
export function keepSignInCounts(): Upkeep {
  return keepDoing(deleteEndedCounts, 5 * MINUTE, "ended counts of sign-in attempts could not be cleared away");
}
