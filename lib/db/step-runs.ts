import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { OPEN_STEP_STATES, type StepState } from "#lib/core/states.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import type { AttemptRow } from "#lib/engine/journal-rows.ts";
import { readWarnings, type StepWarning } from "#lib/engine/step-warnings.ts";

/** One try at a step's effect, as the run page shows it. */
export type StepAttempt = {
  number: number;
  outcome: AttemptRow["outcome"];
  answerDataId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  retryAt: Date | null;
  startedAt: Date;
  finishedAt: Date | null;
};

/** One step of a run at one place, with all its tries. `*DataId` name values of `findStepData`. */
export type StepRun = {
  /** Step ids joined by "/", loop items as "[3]". */
  path: string;
  stepId: string;
  seq: number;
  kind: string;
  action: string | null;
  status: StepState;
  idempotencyKey: string | null;
  attempts: StepAttempt[];
  inputDataId: string | null;
  effectDataId: string | null;
  outputDataId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  /** What of its values is worth a mark; empty where nothing is. */
  warnings: readonly StepWarning[];
  nextAttemptAt: Date | null;
  startedAt: Date | null;
  finishedAt: Date | null;
};

/** Most steps that are read of one run. */
export const STEP_RUNS_MAX = 5_000;

/** The steps of a run in the order they stand in the flow, loop items in theirs. */
export async function listStepRuns(workspaceId: WorkspaceId, runId: string, db: Db = prisma()): Promise<StepRun[]> {
  const rows = await db.stepRun.findMany({
    where: { workspaceId, runId },
    orderBy: [{ seq: "asc" }, { path: "asc" }],
    take: STEP_RUNS_MAX,
  });
  const attempts = await db.attempt.findMany({
    where: { workspaceId, runId },
    orderBy: [{ path: "asc" }, { number: "asc" }],
    take: 10 * STEP_RUNS_MAX,
  });
  const byPath = Map.groupBy(attempts, (attempt) => attempt.path);
  return rows
    .map(({ workspaceId: _w, runId: _r, attempts: _count, ...row }) => ({
      ...row,
      status: row.status as StepState,
      warnings: readWarnings(row.warnings) ?? [],
      attempts: (byPath.get(row.path) ?? []).map(({ workspaceId: _w, runId: _r, path: _p, ...attempt }) => ({
        ...attempt,
        outcome: attempt.outcome as AttemptRow["outcome"],
      })),
    }))
    .sort((a, b) => a.seq - b.seq || naturally.compare(a.path, b.path));
}

const naturally = new Intl.Collator("en", { numeric: true });

/** How a person decided about a step whose outcome is unknown, or that is to be run again. */
export type StepChange =
  | { status: "queued" }
  | { status: "succeeded"; outputDataId: string }
  | { status: "skipped" }
  | { status: "failed"; errorCode: string; errorMessage: string };

/** Changes one step of a locked run. */
export async function updateStepRun(
  workspaceId: WorkspaceId,
  runId: string,
  path: string,
  change: StepChange,
  db: Db,
): Promise<void> {
  const finishedAt = change.status === "queued" ? null : databaseNow();
  await db.stepRun.update({
    where: { runId_path: { runId, path }, workspaceId },
    data: { nextAttemptAt: null, errorCode: null, errorMessage: null, finishedAt, ...change },
  });
}

/** Makes steps of a locked run be planned and run anew: their frozen effect is dropped, their key stays the same. */
export async function forgetEffects(
  workspaceId: WorkspaceId,
  runId: string,
  paths: readonly string[],
  db: Db,
): Promise<void> {
  await db.stepRun.updateMany({
    where: { workspaceId, runId, path: { in: [...paths] } },
    data: { effectDataId: null },
  });
}

/** Makes the steps of a locked run that wait for a time due now. */
export async function endWaits(workspaceId: WorkspaceId, runId: string, db: Db): Promise<void> {
  await db.stepRun.updateMany({ where: { workspaceId, runId, status: "waiting" }, data: { nextAttemptAt: null } });
}

/** Ends the open steps of a canceled run. */
export async function cancelOpenSteps(workspaceId: WorkspaceId, runId: string, db: Db): Promise<void> {
  await db.stepRun.updateMany({
    where: { workspaceId, runId, status: { in: [...OPEN_STEP_STATES] } },
    data: { status: "canceled", nextAttemptAt: null, finishedAt: databaseNow() },
  });
}
