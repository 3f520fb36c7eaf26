import { holdBack } from "#lib/db/held-back-runs.ts";
import { endOpenSteps, isOpen } from "#lib/db/open-steps.ts";

/**
 * Rows name their run by `at`, its place in the batch from 1. Whether the fence let it through is looked up in a hash
 * (`IS TRUE` keeps the planner from making a join of it: one that walks the batch for every row of the batch, three
 * fifths of what a write cost at a hundred runs).
 */
const isHeld = (row: string) => `(${row}.at IN (SELECT at FROM ok)) IS TRUE`;
const runId = (row: string) => `($1::uuid[])[${row}.at]`;
const workspaceId = (row: string) => `($3::uuid[])[${row}.at]`;

const STEPS = `unnest(
    $19::int[], $20::text[], $21::text[], $22::int[], $23::text[], $24::text[], $25::text[], $26::text[], $27::int[],
    $28::uuid[], $29::uuid[], $30::uuid[], $31::text[], $32::text[], $33::float8[], $34::timestamptz[],
    $35::timestamptz[], $36::text[], $47::bool[])
  AS s(at, path, step_id, seq, kind, action, status, idempotency_key, attempts, input_id, effect_id, output_id,
       error_code, error_message, next_ms, started_at, finished_at, warnings, is_new)`;

const TRIES = `unnest(
    $37::int[], $38::text[], $39::int[], $40::text[], $41::uuid[], $42::text[], $43::text[], $44::float8[],
    $45::timestamptz[], $46::timestamptz[], $48::bool[])
  AS a(at, path, number, outcome, answer_id, error_code, error_message, retry_ms, started_at, finished_at, is_new)`;

/**
 * `again`: new rows may be there already. To ask costs each of them a log record, as it costs a changed one a lock, so
 * it is only asked where that can be; a write that was made before and is sent again changes nothing.
 */
const partsOf = (again: boolean) => `
WITH w AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::text[], $10::text[], $11::float8[], $12::int[], $13::bool[])
    WITH ORDINALITY AS t(run_id, token, workspace_id, mode, status, name, error_code, error_message, failed_step,
                         effect_counts, wake_ms, claims, body_deviates, at)
), ok AS (
  -- The fence. Locked in the order of ids, so that batches wait for each other and never deadlock.
  SELECT r.id, r.workspace_id, w.at::int, w.mode, w.status, w.name, w.error_code, w.error_message, w.failed_step,
         w.effect_counts, w.wake_ms, w.claims, w.body_deviates
  FROM w JOIN run r ON r.id = w.run_id
  -- status || '': by primary key, never by the index of open runs.
  WHERE r.lease_token = w.token AND r.workspace_id = w.workspace_id AND r.status || '' = 'running'
  ORDER BY r.id FOR NO KEY UPDATE OF r
), data AS (
  INSERT INTO step_data (id, workspace_id, run_id, kind, data, sealed)
  SELECT d.id, ${workspaceId("d")}, ${runId("d")}, d.kind, d.data, d.sealed
  FROM unnest($14::int[], $15::uuid[], $16::text[], $17::text[], $18::bytea[]) AS d(at, id, kind, data, sealed)
  WHERE ${isHeld("d")}${again ? " ON CONFLICT (id) DO NOTHING" : ""}
), steps AS (
  INSERT INTO step_run (run_id, path, workspace_id, step_id, seq, kind, action, status, idempotency_key, attempts,
                        input_data_id, effect_data_id, output_data_id, error_code, error_message, next_attempt_at,
                        started_at, finished_at, warnings)
  SELECT ${runId("s")}, s.path, ${workspaceId("s")}, s.step_id, s.seq, s.kind, s.action, s.status, s.idempotency_key,
         s.attempts, s.input_id, s.effect_id, s.output_id, s.error_code, s.error_message,
         now() + s.next_ms * interval '1 ms', s.started_at, s.finished_at, s.warnings
  FROM ${STEPS} WHERE s.is_new AND ${isHeld("s")}${again ? " ON CONFLICT (run_id, path) DO NOTHING" : ""}
), changed_steps AS (
  UPDATE step_run t SET
    status = s.status, idempotency_key = s.idempotency_key, attempts = s.attempts, input_data_id = s.input_id,
    effect_data_id = s.effect_id, output_data_id = s.output_id, error_code = s.error_code,
    error_message = s.error_message, next_attempt_at = now() + s.next_ms * interval '1 ms',
    started_at = s.started_at, finished_at = s.finished_at, warnings = s.warnings
  FROM ${STEPS} WHERE NOT s.is_new AND ${isHeld("s")} AND t.run_id = ${runId("s")} AND t.path = s.path
), tries AS (
  INSERT INTO attempt (run_id, path, number, workspace_id, outcome, answer_data_id, error_code, error_message, retry_at,
                       started_at, finished_at)
  SELECT ${runId("a")}, a.path, a.number, ${workspaceId("a")}, a.outcome, a.answer_id, a.error_code, a.error_message,
         now() + a.retry_ms * interval '1 ms', a.started_at, a.finished_at
  FROM ${TRIES} WHERE a.is_new AND ${isHeld("a")}${again ? " ON CONFLICT (run_id, path, number) DO NOTHING" : ""}
), changed_tries AS (
  UPDATE attempt t SET
    outcome = a.outcome, answer_data_id = a.answer_id, error_code = a.error_code, error_message = a.error_message,
    retry_at = now() + a.retry_ms * interval '1 ms', finished_at = a.finished_at
  FROM ${TRIES}
  WHERE NOT a.is_new AND ${isHeld("a")} AND t.run_id = ${runId("a")} AND t.path = a.path AND t.number = a.number
), runs AS (
  -- Every finish and hand-back releases the lease with the same compare-and-set.
  UPDATE run r SET
    status = coalesce(ok.status, r.status),
    name = coalesce(ok.name, r.name),
    -- null leaves both counts alone; "forgive" moves this claim from the one to the other.
    claims = CASE WHEN ok.mode = 'forgive' THEN greatest(r.claims - 1, 0) ELSE coalesce(ok.claims, r.claims) END,
    faults = CASE WHEN ok.mode = 'forgive' THEN r.faults + 1 WHEN ok.claims IS NULL THEN r.faults ELSE 0 END,
    lease_token = CASE WHEN ok.mode = 'hold' THEN r.lease_token END,
    lease_pool = CASE WHEN ok.mode = 'hold' THEN r.lease_pool END,
    wake_at = CASE WHEN ok.mode IN ('release', 'forgive') THEN now() + ok.wake_ms * interval '1 ms' END,
    error_code = ok.error_code, error_message = ok.error_message, failed_step = ok.failed_step,
    effect_counts = coalesce(ok.effect_counts, r.effect_counts),
    body_deviates = coalesce(ok.body_deviates, r.body_deviates),
    finished_at = CASE WHEN ok.mode IN ('finish', 'end') THEN now() END
  FROM ok WHERE r.id = ok.id AND ok.mode <> 'none'
)`;

const JOBS = `jobs AS (
  SELECT count(*) FROM (
    SELECT graphile_worker.add_jobs(array_agg(
      ROW('run', json_build_object('runId', ok.id), NULL, now() + ok.wake_ms * interval '1 ms', 32767, NULL, NULL,
          NULL)::graphile_worker.job_spec))
    FROM ok WHERE ok.wake_ms IS NOT NULL HAVING count(*) > 0) added
)`;

const HELD_BACK = `held_back AS (${holdBack(`
  SELECT ${runId("g")}, ${workspaceId("g")}, g.kind, g.key
  FROM unnest($49::int[], $50::text[], $51::text[]) AS g(at, kind, key) WHERE ${isHeld("g")}`)}
)`;

const CLOSED = `closed AS (
  UPDATE step_run s SET ${endOpenSteps("s")}
  FROM ok WHERE ok.mode = 'end' AND s.run_id = ok.id AND ${isOpen("s")}
)`;

/** What a batch does besides writing: what it does not need, it does not pay for. */
export type WriteParts = {
  /** A write of it was sent before. */
  again: boolean;
  /** A run is to go on later: a job for it, in the same transaction. */
  jobs: boolean;
  /** A run that nobody walked to its end ends: so does every step of it that is open. */
  ends: boolean;
  /** A run is held back at a gate; the parameters of `gateColumnsOf` follow those of `columnsOf`. */
  gates: boolean;
};

/** The journal write of a batch, under a name of its own; returns the ids of the runs whose lease held. */
export function writeStatement({ again, jobs, ends, gates }: WriteParts): { name: string; text: string } {
  const more = [...(gates ? [HELD_BACK] : []), ...(jobs ? [JOBS] : []), ...(ends ? [CLOSED] : [])];
  return {
    name: `journal${again ? "-again" : ""}${jobs ? "-jobs" : ""}${ends ? "-ends" : ""}${gates ? "-gates" : ""}`,
    text: `${[partsOf(again), ...more].join(", ")} SELECT ok.id FROM ok${jobs ? ", jobs" : ""}`,
  };
}
