import { SECOND } from "#lib/core/units.ts";
import { listCatchUpsToContinue } from "#lib/db/catch-ups.ts";
import { doInTurns } from "#lib/platform/do-in-turns.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { continueCatchUp } from "#lib/upkeep/continue-catch-up.ts";

/** Starts, now and every 2 s until stopped, what catch-ups still have to start, those of a process that died too. */
export function keepCatchingUp(): Upkeep {
  return keepDoing(catchUpOnAll, 2 * SECOND, "missed events could not be started");
}

/** Takes every catch-up under way to its end, one step of each in turn. */
export async function catchUpOnAll(): Promise<void> {
  await doInTurns(listCatchUpsToContinue, async (id) => (await continueCatchUp(id))?.state === "running");
}
