import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { queryThrough, readJournal } from "#lib/db/read-journal.ts";
import { findStepData } from "#lib/db/step-data.ts";

/** A step that waits for a person because of a setting, with the last answer to it as JSON text. */
export type HeldStep = { runId: string; path: string; answer: string };

/** Steps of waiting runs that stopped for one of these codes, the oldest runs first. */
export async function listHeldSteps(
  workspaceId: WorkspaceId,
  codes: readonly string[],
  limit: number,
  db: Db = prisma(),
): Promise<HeldStep[]> {
  const runs = await db.$queryRaw<{ id: string }[]>`
    SELECT r.id::text FROM run r
    WHERE r.workspace_id = ${workspaceId}::uuid AND r.status = 'needs a decision' AND (
      EXISTS (SELECT FROM journal_part p
              WHERE p.run_id = r.id AND p.rows LIKE ANY (${codes.map((code) => `%"${code}"%`)}::text[]))
      OR EXISTS (SELECT FROM old_step_run o WHERE o.run_id = r.id AND o.error_code = ANY (${[...codes]}::text[])))
    ORDER BY r.id LIMIT ${limit}`;
  const held: HeldStep[] = [];
  for (const { id } of runs) {
    held.push(...(await heldStepsOf(workspaceId, id, codes, db)));
    if (held.length >= limit) break;
  }
  return held.slice(0, limit);
}

async function heldStepsOf(
  workspaceId: WorkspaceId,
  runId: string,
  codes: readonly string[],
  db: Db,
): Promise<HeldStep[]> {
  const { steps, tries } = await readJournal(workspaceId, runId, "rows", queryThrough(db));
  const waiting = [...steps.values()].flatMap(({ row }) => {
    if (row.status !== "needs a decision" || row.errorCode === null || !codes.includes(row.errorCode)) return [];
    const answerId = tries.get(row.path)?.find((one) => one.row.number === row.attempts)?.row.answerDataId ?? null;
    return answerId === null ? [] : [{ path: row.path, answerId }];
  });
  const answers = await findStepData(
    workspaceId,
    runId,
    waiting.map(({ answerId }) => answerId),
    db,
  );
  return waiting
    .flatMap(({ path, answerId }) => {
      const answer = answers.get(answerId);
      return answer === undefined ? [] : [{ runId, path, answer: answer.json }];
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}
