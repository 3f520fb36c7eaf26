import type { WorkspaceId } from "#lib/core/ids.ts";
import { JsonText } from "#lib/core/json-text.ts";
import type { StepState } from "#lib/core/states.ts";
import { runPool } from "#lib/db/run-pool.ts";
import { openData } from "#lib/db/sealed-data.ts";
import type { Effect } from "#lib/engine/effect.ts";
import { type AttemptRow, OWN_FAULTS, type SavedStep } from "#lib/engine/journal-rows.ts";
import { readWarnings } from "#lib/engine/step-warnings.ts";
import { stepKinds } from "#lib/engine/steps/registry.generated.ts";

/** What the journal holds of a run: every step with its values and its last try. */
export async function loadSavedSteps(workspaceId: WorkspaceId, runId: string): Promise<SavedStep[]> {
  const { rows } = await runPool().query<SavedRow>({
    name: "saved-steps",
    text: SAVED,
    values: [workspaceId, runId, OWN_FAULTS, KINDS_WITH_INPUT],
  });
  return rows.map(toSavedStep);
}

const KINDS_WITH_INPUT = stepKinds.filter((kind) => kind.resumesFromInput === true).map(({ kind }) => kind);

// Columns by name: a prepared statement with s.* fails once a migration adds one.
// OFFSET 0: one lookup per id, so that only the partition of that day is opened.
const SAVED = `
SELECT s.path, s.step_id, s.seq, s.kind, s.action, s.status, s.idempotency_key, s.attempts, s.input_data_id,
       s.effect_data_id, s.output_data_id, s.error_code, s.error_message, s.warnings, s.next_attempt_at, s.started_at,
       s.finished_at, coalesce(s.next_attempt_at <= now(), true) AS due,
       greatest(extract(epoch FROM s.next_attempt_at - now()) * 1000, 0)::float8 AS next_ms,
       i.data AS input, f.data AS effect, o.data AS output,
       i.sealed AS input_sealed, f.sealed AS effect_sealed, o.sealed AS output_sealed,
       n.given_up + (SELECT count(*)::int FROM attempt b
                     WHERE b.run_id = s.run_id AND b.path = s.path AND b.number > n.given_up
                       AND b.error_code = ANY ($3::text[])) AS attempts_before,
       a.number, a.outcome, a.answer_data_id, a.error_code AS try_code, a.error_message AS try_message,
       a.started_at AS try_started
FROM step_run s
LEFT JOIN LATERAL (SELECT data, sealed FROM step_data d
                   WHERE d.id = s.input_data_id AND s.kind = ANY ($4::text[]) OFFSET 0) i ON true
LEFT JOIN LATERAL (SELECT data, sealed FROM step_data d WHERE d.id = s.effect_data_id OFFSET 0) f ON true
LEFT JOIN LATERAL (SELECT data, sealed FROM step_data d WHERE d.id = s.output_data_id OFFSET 0) o ON true
CROSS JOIN LATERAL (SELECT coalesce(max(b.number), 0) AS given_up FROM attempt b
                    WHERE b.run_id = s.run_id AND b.path = s.path
                      AND b.outcome IN ('failed', 'unknown') AND b.retry_at IS NULL) n
LEFT JOIN LATERAL (SELECT * FROM attempt t
                   WHERE t.run_id = s.run_id AND t.path = s.path ORDER BY number DESC LIMIT 1) a ON true
WHERE s.workspace_id = $1 AND s.run_id = $2`;

type SavedRow = {
  path: string;
  step_id: string;
  seq: number;
  kind: string;
  action: string | null;
  status: StepState;
  idempotency_key: string | null;
  attempts: number;
  input_data_id: string | null;
  effect_data_id: string | null;
  output_data_id: string | null;
  error_code: string | null;
  error_message: string | null;
  warnings: string | null;
  next_attempt_at: Date | null;
  started_at: Date | null;
  finished_at: Date | null;
  due: boolean;
  next_ms: number | null;
  input: string | null;
  effect: string | null;
  output: string | null;
  input_sealed: Buffer | null;
  effect_sealed: Buffer | null;
  output_sealed: Buffer | null;
  attempts_before: number;
  number: number | null;
  outcome: AttemptRow["outcome"] | null;
  answer_data_id: string | null;
  try_code: string | null;
  try_message: string | null;
  try_started: Date | null;
};

function toSavedStep(row: SavedRow): SavedStep {
  const input = whole(row.input_data_id, row.input, row.input_sealed);
  const effect = whole(row.effect_data_id, row.effect, row.effect_sealed);
  const output = whole(row.output_data_id, row.output, row.output_sealed);
  return {
    row: {
      path: row.path,
      stepId: row.step_id,
      seq: row.seq,
      kind: row.kind,
      action: row.action,
      status: row.status,
      idempotencyKey: row.idempotency_key,
      attempts: row.attempts,
      inputDataId: row.input_data_id,
      effectDataId: row.effect_data_id,
      outputDataId: row.output_data_id,
      errorCode: row.error_code,
      errorMessage: row.error_message,
      warnings: readWarnings(row.warnings),
      nextAttemptInMs: row.next_attempt_at === null ? null : row.next_ms,
      startedAt: row.started_at,
      finishedAt: row.finished_at,
    },
    due: row.due,
    input: parse(input.json),
    effect: effect.json === null ? undefined : (JSON.parse(effect.json) as Effect),
    output: parse(output.json),
    hidden: [...input.secrets, ...effect.secrets, ...output.secrets],
    attemptsBefore: row.attempts_before,
    lastAttempt:
      row.number === null || row.outcome === null || row.try_started === null
        ? null
        : {
            path: row.path,
            number: row.number,
            outcome: row.outcome,
            answerDataId: row.answer_data_id,
            errorCode: row.try_code,
            errorMessage: row.try_message,
            retryInMs: null,
            startedAt: row.try_started,
            finishedAt: null,
          },
  };
}

/** A kept value as the run goes on with it: the sealed whole where the plain one has secrets taken out. */
function whole(
  id: string | null,
  json: string | null,
  sealed: Buffer | null,
): { json: string | null; secrets: readonly string[] } {
  return id === null || sealed === null ? { json, secrets: [] } : openData(id, sealed);
}

/** Kept as it was written: what is only passed on is never parsed. */
function parse(text: string | null): JsonText | undefined {
  return text === null ? undefined : new JsonText(text);
}
