import { chooseVersion, type VersionChoice } from "#lib/commands/runs/choose-version.ts";
import { planResume } from "#lib/commands/runs/plan-resume.ts";
import { requireSteps } from "#lib/commands/runs/require-steps.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { idMs, type WorkspaceId } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeSteps, moveToVersion, type StepChange } from "#lib/db/change-steps.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { type Also, inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { listUnansweredPaths } from "#lib/db/open-waits.ts";
import type { Db } from "#lib/db/prisma.ts";
import { type LockedRun, lockRun, queueRunAgain } from "#lib/db/runs.ts";
import { listStepRuns, type StepRun } from "#lib/db/step-runs.ts";
import { dueAtOf } from "#lib/engine/run-flow.ts";
import { stepsToRepeat } from "#lib/engine/steps-to-repeat.ts";

/** Failures of a frozen effect that only a new plan can mend: nothing was sent, and never would be. */
const NEEDS_NEW_PLAN: ReadonlySet<string> = new Set(["connection-changed", "connection-gone"]);

/**
 * Goes on with a failed run from the step that failed: finished steps keep their answers, every key stays the same, and
 * the failed step gets its full number of tries again. With another version of the flow, the run's steps are fitted to
 * it by their ids (`moveRun`), and what is to run again is planned as that version says. A retrying run is tried at
 * once instead of at its time, one that waits for a time goes on at once, both with their own version only. What waits
 * for an answer from outside waits on: nobody passes it by without giving one. Throws NotFoundError, ConflictError
 * "run-not-resumable" for a run that neither failed nor waits, "answer-needed" for one that waits for answers alone,
 * "run-timeout" for one whose time limit in that version is over (no effect of it may begin), and as `chooseVersion`
 * and `requireSteps`.
 */
export async function resumeRun(
  actor: Actor,
  runId: string,
  { version = "original", also }: { version?: VersionChoice; also?: Also } = {},
): Promise<void> {
  authorize(actor, "run.resume");
  await inTransaction(async (db) => {
    await also?.(db);
    const run = await lockRun(actor.workspaceId, runId, db);
    if (run === null) throw new NotFoundError("run");
    if (run.status !== "failed" && !isPending(run))
      throw new ConflictError("run-not-resumable", `Only a failed run can be resumed; this one is ${run.status}.`);
    const versionId = await chooseVersion(actor, run, version, db);
    if (await isOverdue(actor.workspaceId, runId, versionId, db))
      throw new ConflictError("run-timeout", "The time that the flow gives this run is up. Replay it instead.");
    const detail: { from: string | null; version?: string } = { from: run.failedStep };
    if (versionId === run.versionId) await resumeAsItRan(actor, run, db);
    else {
      const move = await planResume(actor, run, versionId, db);
      await moveToVersion(actor.workspaceId, runId, { ...move, version: { from: run.versionId, to: versionId } }, db);
      detail.version = versionId;
    }
    await queueRunAgain(actor.workspaceId, runId, db);
    await insertAuditEntry(actor, "run.resume", { kind: "run", id: runId }, detail, db);
  });
  announce(actor.workspaceId, `run:${runId}`);
  announce(actor.workspaceId, "runs");
}

/** Whether the time is up that this version gives the run. */
async function isOverdue(workspaceId: WorkspaceId, runId: string, versionId: string, db: Db): Promise<boolean> {
  const version = await findFlowVersionById(workspaceId, versionId, db);
  if (version === null) return false;
  const dueAtMs = dueAtOf({ madeAtMs: idMs(runId), definition: version.definition });
  return dueAtMs !== null && databaseNow().getTime() >= dueAtMs;
}

function isPending({ status, leased }: LockedRun): boolean {
  return (status === "retrying" || status === "waiting") && !leased;
}

async function resumeAsItRan(actor: Actor, run: LockedRun, db: Db): Promise<void> {
  const pending = isPending(run);
  const steps = await listStepRuns(actor.workspaceId, run.id, db);
  requireSteps(run.id, steps.length);
  // Going on would come back to the same wait: whoever wants that gives the answer, or cancels the run.
  const awaited = pending ? await listUnansweredPaths(actor.workspaceId, run.id, db) : new Set<string>();
  const waits = steps.filter(({ path, status }) => status === "waiting" && !awaited.has(path));
  if (awaited.size > 0 && waits.length === 0 && !steps.some(({ status }) => status === "retrying"))
    throw new ConflictError("answer-needed", "This run waits for an answer: give it on the run's page, or by a link.");
  const again = pending ? steps.filter((step) => step.status === "retrying") : stepsToRepeat(steps, run.failedStep);
  const changes = new Map<string, StepChange>(again.map((step) => [step.path, repeat(step)]));
  if (pending) for (const { path } of waits) changes.set(path, { status: "waiting", due: true });
  await changeSteps(actor.workspaceId, run.id, changes, db);
}

function repeat({ errorCode }: StepRun): StepChange {
  return { status: "queued", planAnew: errorCode !== null && NEEDS_NEW_PLAN.has(errorCode) };
}
