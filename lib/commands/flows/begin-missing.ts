import { noteStopped } from "#lib/commands/flows/start-catch-up.ts";
import type { Actor } from "#lib/core/actor.ts";
import { missedSince } from "#lib/core/missed-window.ts";
import { MINUTE } from "#lib/core/units.ts";
import { type CatchUp, findLastCatchUp } from "#lib/db/catch-ups.ts";
import type { Flow } from "#lib/db/flows.ts";
import { findOldestParked } from "#lib/db/parked-events.ts";
import type { Db } from "#lib/db/prisma.ts";

/**
 * Stops what a live flow catches up on, and says from when on it misses events that is turned off or deleted now: call
 * under its lock, while its triggers are there. What a stopped catch-up left is still missed then.
 */
export async function beginMissing(
  actor: Actor,
  flow: Flow,
  now: Date,
  db: Db,
): Promise<Pick<Flow, "missedFrom" | "missedTo">> {
  await noteStopped(actor, flow.id, now, db);
  if (leftSome(flow, await findLastCatchUp(actor.workspaceId, flow.id, db)))
    return { missedFrom: flow.missedFrom, missedTo: null };
  const oldestParked = await findOldestParked(actor.workspaceId, flow.id, db);
  return { missedFrom: missedSince(flow, now, oldestParked), missedTo: null };
}

/** A catch-up is noted in the transaction that turns its flow on, a moment before or after. */
function leftSome({ missedTo }: Flow, catchUp: CatchUp | null): boolean {
  if (missedTo === null || catchUp?.state !== "canceled" || catchUp.started >= catchUp.total) return false;
  return catchUp.createdAt.getTime() >= missedTo.getTime() - MINUTE;
}
