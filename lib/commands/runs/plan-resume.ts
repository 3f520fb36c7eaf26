import { chooseVersion, type VersionChoice } from "#lib/commands/runs/choose-version.ts";
import { requireSteps } from "#lib/commands/runs/require-steps.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { listRanSteps } from "#lib/db/change-steps.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { findRun, type Run } from "#lib/db/runs.ts";
import { moveRun, type RunMove, type StepMove } from "#lib/engine/move-run.ts";
import { stepsToRepeat } from "#lib/engine/steps-to-repeat.ts";

/** What resuming a run with a version of its flow will do, step by step; nothing is changed. */
export type ResumePreview = { version: { id: string; number: number }; moves: readonly StepMove[] };

/** Says what `resumeRun` with that version would do. Throws as it does. */
export async function previewResume(actor: Actor, runId: string, version: VersionChoice): Promise<ResumePreview> {
  authorize(actor, "run.resume");
  const run = await findRun(actor.workspaceId, runId);
  if (run === null) throw new NotFoundError("run");
  const id = await chooseVersion(actor, run, version, prisma());
  const { moves } = await planResume(actor, run, id, prisma());
  const chosen = await findFlowVersionById(actor.workspaceId, id);
  return { version: { id, number: chosen?.number ?? 0 }, moves };
}

/**
 * How a failed run fits a version of its flow. Throws ConflictError "run-not-resumable" for any other run and
 * "version-unreadable", and as `requireSteps`.
 */
export async function planResume(
  actor: Actor,
  run: Pick<Run, "id" | "status" | "versionId" | "failedStep">,
  versionId: string,
  db: Db,
): Promise<RunMove> {
  if (run.status !== "failed")
    throw new ConflictError(
      "run-not-resumable",
      `Only a failed run can go on with another version; this one is ${run.status}.`,
    );
  const from = await findFlowVersionById(actor.workspaceId, run.versionId, db);
  const to = await findFlowVersionById(actor.workspaceId, versionId, db);
  if (from === null || to === null)
    throw new ConflictError("version-unreadable", "A version of this flow cannot be read.");
  const ran = await listRanSteps(actor.workspaceId, run.id, db);
  requireSteps(run.id, ran.length);
  const repeat = stepsToRepeat(
    ran.map(({ row }) => row),
    run.failedStep,
  );
  return moveRun({ from: from.definition, to: to.definition }, ran, new Set(repeat.map(({ path }) => path)));
}
