import type { WorkspaceId } from "#lib/core/ids.ts";
import type { StepState } from "#lib/core/states.ts";
import type { KeptStep, KeptTry } from "#lib/db/journal-fold.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { queryThrough, readJournal } from "#lib/db/read-journal.ts";
import type { AttemptRow } from "#lib/engine/journal-rows.ts";
import type { StepWarning } from "#lib/engine/step-warnings.ts";

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
  return (await readRunHistory(workspaceId, runId, db)).steps;
}

/** A run went on with another version of its flow; ids of versions. */
export type VersionTurn = { from: string; to: string; at: Date };

/** The same steps, and the versions the run went on with, oldest first. */
export async function readRunHistory(
  workspaceId: WorkspaceId,
  runId: string,
  db: Db = prisma(),
): Promise<{ steps: StepRun[]; versions: VersionTurn[] }> {
  const { steps, tries, versions } = await readJournal(workspaceId, runId, "rows", queryThrough(db));
  const inOrder = [...steps.values()]
    .map((step) => toStepRun(step, tries.get(step.row.path) ?? []))
    .sort((a, b) => a.seq - b.seq || naturally.compare(a.path, b.path))
    .slice(0, STEP_RUNS_MAX);
  return { steps: inOrder, versions };
}

const naturally = new Intl.Collator("en", { numeric: true });

function toStepRun({ row, nextAttemptAt }: KeptStep, tries: readonly KeptTry[]): StepRun {
  const { nextAttemptInMs: _ms, warnings, ...step } = row;
  const attempts = tries.map(({ row: { path: _path, retryInMs: _retryMs, ...attempt }, retryAt }) => ({
    ...attempt,
    retryAt,
  }));
  return { ...step, attempts, warnings: warnings ?? [], nextAttemptAt };
}
