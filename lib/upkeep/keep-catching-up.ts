import { setTimeout as pause } from "node:timers/promises";
import { SECOND } from "#lib/core/units.ts";
import { listCatchUpsToContinue } from "#lib/db/catch-ups.ts";
import { keepDoing, type Upkeep } from "#lib/platform/keep-doing.ts";
import { continueCatchUp } from "#lib/upkeep/continue-catch-up.ts";

/** Between two steps of one catch-up: new events and other workspaces come in between, and it can be canceled. */
const BETWEEN_STEPS_MS = 100;

/** Starts, now and every 2 s until stopped, what catch-ups still have to start, those of a process that died too. */
export function keepCatchingUp(): Upkeep {
  return keepDoing(catchUpOnAll, 2 * SECOND, "missed events could not be started");
}

/** Takes every catch-up under way to its end, one step of each in turn. */
export async function catchUpOnAll(): Promise<void> {
  for (let ids = await listCatchUpsToContinue(); ids.length > 0; ) {
    const steps = await Promise.all(ids.map((id) => continueCatchUp(id)));
    ids = steps.flatMap((step) => (step?.state === "running" ? [step.id] : []));
    if (ids.length > 0) await pause(BETWEEN_STEPS_MS);
  }
}
