import { advanceCatchUp, type CatchUp } from "#lib/db/catch-ups.ts";
import { announce } from "#lib/db/live.ts";

/** Runs started by one step of a catch-up. */
export const CATCH_UP_STEP = 200;

/** Starts the next runs of a catch-up and tells pages; null when it is not under way, or another process is at it. */
export async function continueCatchUp(id: string, limit = CATCH_UP_STEP): Promise<CatchUp | null> {
  const step = await advanceCatchUp(id, limit);
  if (step === null) return null;
  const { workspaceId, startedNow, ...catchUp } = step;
  announce(workspaceId, `flow:${catchUp.flowId}`);
  announce(workspaceId, "flows");
  if (startedNow > 0) announce(workspaceId, "runs");
  return catchUp;
}
