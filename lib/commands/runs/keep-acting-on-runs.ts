import { continueBulkAct } from "#lib/commands/runs/continue-bulk-act.ts";
import { MINUTE, SECOND } from "#lib/core/units.ts";
import { listBulkActsToContinue } from "#lib/db/advance-bulk-act.ts";
import { forgetOldBulkActs } from "#lib/db/count-bulk-act.ts";
import { doInTurns } from "#lib/platform/do-in-turns.ts";
import { keepDoing } from "#lib/platform/keep-doing.ts";

/**
 * Goes on, now and every second until stopped, with what acts on many runs still have to do, those of a process that
 * died too; forgets old ones.
 */
export function keepActingOnRuns(): { stop(): void } {
  const acting = keepDoing(actOnAllRuns, SECOND, "acts on many runs could not go on");
  const forgetting = keepDoing(forgetOldBulkActs, 10 * MINUTE, "old acts on many runs could not be forgotten");
  return {
    stop() {
      acting.stop();
      forgetting.stop();
    },
  };
}

/** Takes every act on many runs under way to its end, one turn of each in turn. */
export async function actOnAllRuns(): Promise<void> {
  await doInTurns(listBulkActsToContinue, async (id) => (await continueBulkAct(id))?.state === "running");
}
