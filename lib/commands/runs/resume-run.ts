import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { idMs, type WorkspaceId } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeSteps, type StepChange } from "#lib/db/change-steps.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import type { Db } from "#lib/db/prisma.ts";
import { findRun, lockRun, queueRunAgain } from "#lib/db/runs.ts";
import { listStepRuns, type StepRun } from "#lib/db/step-runs.ts";
import { handledFailures, isInsideHandled } from "#lib/engine/handled-failures.ts";
import { dueAtOf } from "#lib/engine/run-flow.ts";

/** Failures of a frozen effect that only a new plan can mend: nothing was sent, and never would be. */
const NEEDS_NEW_PLAN: ReadonlySet<string> = new Set(["connection-changed", "connection-gone"]);

/**
 * Goes on with a failed run from the step that failed: finished steps keep their answers, every key stays the same, and
 * the failed step gets its full number of tries again. A retrying run is tried at once instead of at its time, one that
 * waits for a time goes on at once. Throws NotFoundError, ConflictError "run-not-resumable" for a run that neither
 * failed nor waits, and ConflictError "run-timeout" for one whose flow's time limit is over: no effect of it may begin.
 */
export async function resumeRun(actor: Actor, runId: string): Promise<void> {
  authorize(actor, "run.resume");
  await inTransaction(async (db) => {
    const run = await lockRun(actor.workspaceId, runId, db);
    if (run === null) throw new NotFoundError("run");
    const pending = (run.status === "retrying" || run.status === "waiting") && !run.leased;
    if (run.status !== "failed" && !pending)
      throw new ConflictError("run-not-resumable", `Only a failed run can be resumed; this one is ${run.status}.`);
    if (await isOverdue(actor.workspaceId, runId, db))
      throw new ConflictError("run-timeout", "The time that the flow gives this run is up. Replay it instead.");
    const steps = await listStepRuns(actor.workspaceId, runId, db);
    const again = pending ? steps.filter((step) => step.status === "retrying") : stepsToRepeat(steps, run.failedStep);
    const changes = new Map<string, StepChange>(again.map((step) => [step.path, repeat(step)]));
    if (pending)
      for (const step of steps) if (step.status === "waiting") changes.set(step.path, { status: "waiting", due: true });
    await changeSteps(actor.workspaceId, runId, changes, db);
    await queueRunAgain(actor.workspaceId, runId, db);
    await insertAuditEntry(actor, "run.resume", { kind: "run", id: runId }, { from: run.failedStep }, db);
  });
  announce(actor.workspaceId, `run:${runId}`);
  announce(actor.workspaceId, "runs");
}

async function isOverdue(workspaceId: WorkspaceId, runId: string, db: Db): Promise<boolean> {
  const run = await findRun(workspaceId, runId, db);
  const version = run === null ? null : await findFlowVersionById(workspaceId, run.versionId);
  if (version === null) return false;
  const dueAtMs = dueAtOf({ madeAtMs: idMs(runId), definition: version.definition });
  return dueAtMs !== null && databaseNow().getTime() >= dueAtMs;
}

function repeat({ errorCode }: StepRun): StepChange {
  return { status: "queued", planAnew: errorCode !== null && NEEDS_NEW_PLAN.has(errorCode) };
}

/**
 * The failed step, the loops it stands in, and other items that failed in them. A failed step that has an output was
 * dealt with as its settings say and stays as it is, with what failed inside it.
 */
function stepsToRepeat(steps: readonly StepRun[], failedStep: string | null): StepRun[] {
  const handled = handledFailures(steps);
  const failed = steps.filter(
    ({ status, path }) => status === "failed" && !handled.has(path) && !isInsideHandled(handled, path),
  );
  if (failedStep === null) return failed;
  const ancestors = failed.filter((step) => failedStep.startsWith(`${step.path}/`));
  return failed.filter(
    (step) =>
      step.path === failedStep ||
      ancestors.includes(step) ||
      ancestors.some((ancestor) => step.path.startsWith(`${ancestor.path}/`)),
  );
}
