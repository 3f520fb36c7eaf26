"use server";
import { runAction } from "#app/run-action.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { countRuns } from "#lib/commands/runs/count-runs.ts";
import { startBulkAct } from "#lib/commands/runs/start-bulk-act.ts";
import { type BulkSteering, steerBulkAct } from "#lib/commands/runs/steer-bulk-act.ts";
import { authorize } from "#lib/core/actor.ts";
import { loadBulkActs } from "#lib/loaders/bulk-acts.ts";
import type { CountedView } from "#lib/views/bulk-views.ts";

/** Settles which runs an act on many is about, and says how many there are. */
export async function countRunsAction(wish: unknown) {
  const actor = await requireActor();
  return runAction(async (): Promise<CountedView> => {
    authorize(actor, "run.replay");
    const { act, states } = await countRuns(actor, wish);
    return { id: act.id, total: act.total, states };
  });
}

/** Acts on the runs that were counted. */
export async function startBulkActAction(id: string, choice: { version?: string; perSecond?: number }) {
  const actor = await requireActor();
  return runAction(async () => {
    authorize(actor, "run.replay");
    await startBulkAct(actor, id, choice);
  });
}

/** Holds an act on many runs, lets it go on, or ends it. */
export async function steerBulkActAction(id: string, way: BulkSteering) {
  const actor = await requireActor();
  return runAction(async () => {
    authorize(actor, "run.cancel");
    await steerBulkAct(actor, id, way);
  });
}

/** The acts on many runs as they stand now. */
export async function readBulkActsAction() {
  await requireActor();
  return runAction(loadBulkActs);
}
