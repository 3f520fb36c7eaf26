import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { NOTHING_SAID, type PartContent, packPart, type VersionChange } from "#lib/db/journal-part.ts";
import type { Db } from "#lib/db/prisma.ts";
import { queryThrough, readJournal } from "#lib/db/read-journal.ts";
import type { StepRow } from "#lib/engine/journal-rows.ts";
import type { RanStep, RunMove } from "#lib/engine/move-run.ts";

/**
 * How a person decided about a step whose outcome is unknown, that is to be run again or that waits for a time.
 * `planAnew` drops its frozen effect; its key stays the same.
 */
export type StepChange =
  | { status: "queued"; planAnew?: boolean }
  | { status: "waiting"; due: true }
  | { status: "succeeded"; outputDataId: string }
  | { status: "skipped" }
  | { status: "failed"; errorCode: string; errorMessage: string };

/** Changes steps of a locked run that nobody works on, by their paths; those it does not have stay away. */
export async function changeSteps(
  workspaceId: WorkspaceId,
  runId: string,
  changes: ReadonlyMap<string, StepChange>,
  db: Db,
): Promise<void> {
  if (changes.size === 0) return;
  const journal = await readJournal(workspaceId, runId, "rows", queryThrough(db));
  const steps = [...changes].flatMap(([path, change]) => {
    const step = journal.steps.get(path);
    return step === undefined ? [] : [changed(step.row, change)];
  });
  await append(workspaceId, runId, { steps }, db);
}

/** Ends the open steps of a locked run that is canceled. */
export async function cancelOpenSteps(workspaceId: WorkspaceId, runId: string, db: Db): Promise<void> {
  await append(workspaceId, runId, { ends: "canceled" }, db);
}

/** Makes a locked run that nobody works on go on with another version, its journal changed as `move` says. */
export async function moveToVersion(
  workspaceId: WorkspaceId,
  runId: string,
  move: Pick<RunMove, "forget" | "steps" | "attempts"> & { version: VersionChange },
  db: Db,
): Promise<void> {
  await append(workspaceId, runId, move, db);
  await db.run.update({ where: { id: runId, workspaceId }, data: { versionId: move.version.to } });
}

/** What a run has done so far, step by step with its tries. */
export async function listRanSteps(workspaceId: WorkspaceId, runId: string, db: Db): Promise<RanStep[]> {
  const { steps, tries, now } = await readJournal(workspaceId, runId, "rows", queryThrough(db));
  const fromNow = (at: Date | null) => (at === null ? null : at.getTime() - now.getTime());
  return [...steps.values()].map(({ row, nextAttemptAt }) => ({
    row: { ...row, nextAttemptInMs: fromNow(nextAttemptAt) },
    tries: (tries.get(row.path) ?? []).map((one) => ({ ...one.row, retryInMs: fromNow(one.retryAt) })),
  }));
}

function changed(row: StepRow, change: StepChange): StepRow {
  if (change.status === "waiting") return { ...row, nextAttemptInMs: null };
  const { planAnew, ...to } = { planAnew: false, ...change };
  return {
    ...row,
    nextAttemptInMs: null,
    errorCode: null,
    errorMessage: null,
    finishedAt: change.status === "queued" ? null : databaseNow(),
    ...to,
    ...(planAnew ? { effectDataId: null } : {}),
  };
}

async function append(
  workspaceId: WorkspaceId,
  runId: string,
  content: Partial<Pick<PartContent, "steps" | "attempts" | "ends" | "forget" | "version">>,
  db: Db,
): Promise<void> {
  const part = packPart({ ...NOTHING_SAID, ...content });
  if (part === null) return;
  await db.$executeRaw`
    INSERT INTO journal_part (run_id, number, workspace_id, rows, data)
    SELECT ${runId}::uuid, coalesce(max(number), 0) + 1, ${workspaceId}::uuid, ${part.rows}, ${part.data}
    FROM journal_part WHERE run_id = ${runId}::uuid`;
}
