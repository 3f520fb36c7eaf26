import { pool } from "#lib/db/pool.ts";
import { keptSteps, keptTries, keptValues } from "./kept-journal.ts";

/** Puts what a run's journal holds back where versions before the journal's parts kept it, as they would have. */
export async function backToOldTables(runId: string): Promise<void> {
  const [steps, tries, values] = [await keptSteps(runId), await keptTries(runId), await keptValues(runId)];
  const found = await pool().query<{ workspace_id: string }>("SELECT workspace_id FROM run WHERE id = $1", [runId]);
  const workspaceId = found.rows[0]?.workspace_id;
  await pool().query("DELETE FROM journal_part WHERE run_id = $1", [runId]);
  for (const { id, kind, data, sealed } of values)
    await pool().query(
      `INSERT INTO step_data (id, workspace_id, run_id, kind, data, sealed) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING`,
      [id, workspaceId, runId, kind, data, sealed],
    );
  for (const row of steps)
    await pool().query(
      `INSERT INTO old_step_run (run_id, path, workspace_id, step_id, seq, kind, action, status, idempotency_key,
                                 attempts, input_data_id, effect_data_id, output_data_id, error_code, error_message,
                                 warnings, next_attempt_at, started_at, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16,
               now() + $17 * interval '1 ms', $18, $19)`,
      [
        runId,
        row.path,
        workspaceId,
        row.stepId,
        row.seq,
        row.kind,
        row.action,
        row.status,
        row.idempotencyKey,
        row.attempts,
        row.inputDataId,
        row.effectDataId,
        row.outputDataId,
        row.errorCode,
        row.errorMessage,
        row.warnings === null ? null : JSON.stringify(row.warnings),
        row.nextAttemptInMs,
        row.startedAt,
        row.finishedAt,
      ],
    );
  for (const { row } of [...tries.values()].flat())
    await pool().query(
      `INSERT INTO old_attempt (run_id, path, number, workspace_id, outcome, answer_data_id, error_code, error_message,
                                retry_at, started_at, finished_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, now() + $9 * interval '1 ms', $10, $11)`,
      [
        runId,
        row.path,
        row.number,
        workspaceId,
        row.outcome,
        row.answerDataId,
        row.errorCode,
        row.errorMessage,
        row.retryInMs,
        row.startedAt,
        row.finishedAt,
      ],
    );
}
