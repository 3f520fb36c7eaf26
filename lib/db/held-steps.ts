import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A step that waits for a person because of a setting, with where the last answer to it is kept. */
export type HeldStep = { runId: string; path: string; answerDataId: string };

/** Steps of waiting runs that stopped for one of these codes, the oldest runs first. */
export async function listHeldSteps(
  workspaceId: WorkspaceId,
  codes: readonly string[],
  limit: number,
  db: Db = prisma(),
): Promise<HeldStep[]> {
  return db.$queryRaw<HeldStep[]>`
    SELECT s.run_id::text AS "runId", s.path, a.answer_data_id::text AS "answerDataId"
    FROM run r
    JOIN step_run s ON s.run_id = r.id AND s.status = 'needs a decision' AND s.error_code = ANY (${[...codes]}::text[])
    JOIN attempt a ON a.run_id = s.run_id AND a.path = s.path AND a.number = s.attempts
    WHERE r.workspace_id = ${workspaceId}::uuid AND r.status = 'needs a decision' AND a.answer_data_id IS NOT NULL
    ORDER BY r.id, s.path LIMIT ${limit}`;
}
