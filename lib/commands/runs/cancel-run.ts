import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { cancelOpenSteps } from "#lib/db/change-steps.ts";
import { type Also, inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { cancelLockedRun, isTerminal, lockRun } from "#lib/db/runs.ts";

/**
 * Ends a run for good. Its worker can write nothing more and begins no further effect; one already under way may still
 * arrive. Throws NotFoundError, and ConflictError "run-ended" when it has ended already.
 */
export async function cancelRun(actor: Actor, runId: string, { also }: { also?: Also } = {}): Promise<void> {
  authorize(actor, "run.cancel");
  await inTransaction(async (db) => {
    await also?.(db);
    const run = await lockRun(actor.workspaceId, runId, db);
    if (run === null) throw new NotFoundError("run");
    if (isTerminal(run.status))
      throw new ConflictError("run-ended", `This run has already ended: it is ${run.status}.`);
    await cancelLockedRun(actor.workspaceId, runId, db);
    await cancelOpenSteps(actor.workspaceId, runId, db);
    await insertAuditEntry(actor, "run.cancel", { kind: "run", id: runId }, { was: run.status }, db);
  });
  announce(actor.workspaceId, `run:${runId}`);
  announce(actor.workspaceId, "runs");
}
