import {
  booleanArray,
  bytesArray,
  floatArray,
  intArray,
  textArray,
  timeArray,
  uuidArray,
} from "#lib/db/binary-array.ts";
import { holdBack } from "#lib/db/held-back-runs.ts";
import { endOpenSteps, isOpen } from "#lib/db/open-steps.ts";
import type { JournalWrite } from "#lib/engine/journal-rows.ts";

/**
 * One run's write with the lease that allows it. `tries` is how often the run was taken up since it last got further.
 */
export type FencedWrite = { runId: string; leaseToken: string; write: JournalWrite; tries: number };

const PARTS = `
WITH w AS (
  SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                       $9::text[], $10::float8[], $11::int[], $45::bool[])
    AS t(run_id, token, mode, status, name, error_code, error_message, failed_step, effect_counts, wake_ms, claims,
         body_deviates)
), ok AS (
  -- The fence. Locked in the order of ids, so that batches wait for each other and never deadlock.
  SELECT r.id, r.workspace_id FROM w JOIN run r ON r.id = w.run_id
  -- status || '': by primary key, never by the index of open runs.
  WHERE r.lease_token = w.token AND r.status || '' = 'running'
  ORDER BY r.id FOR NO KEY UPDATE OF r
), data AS (
  INSERT INTO step_data (id, workspace_id, run_id, kind, data, sealed)
  SELECT d.id, ok.workspace_id, ok.id, d.kind, d.data, d.sealed
  FROM unnest($12::uuid[], $13::uuid[], $14::text[], $15::text[], $43::bytea[]) AS d(run_id, id, kind, data, sealed) JOIN ok ON ok.id = d.run_id
), steps AS (
  INSERT INTO step_run (run_id, path, workspace_id, step_id, seq, kind, action, status, idempotency_key, attempts,
                        input_data_id, effect_data_id, output_data_id, error_code, error_message, next_attempt_at,
                        started_at, finished_at, warnings)
  SELECT ok.id, s.path, ok.workspace_id, s.step_id, s.seq, s.kind, s.action, s.status, s.idempotency_key, s.attempts,
         s.input_id, s.effect_id, s.output_id, s.error_code, s.error_message, now() + s.next_ms * interval '1 ms',
         s.started_at, s.finished_at, s.warnings
  FROM unnest($16::uuid[], $17::text[], $18::text[], $19::int[], $20::text[], $21::text[], $22::text[], $23::text[],
              $24::int[], $25::uuid[], $26::uuid[], $27::uuid[], $28::text[], $29::text[], $30::float8[],
              $31::timestamptz[], $32::timestamptz[], $44::text[])
    AS s(run_id, path, step_id, seq, kind, action, status, idempotency_key, attempts, input_id, effect_id, output_id,
         error_code, error_message, next_ms, started_at, finished_at, warnings)
  JOIN ok ON ok.id = s.run_id
  ON CONFLICT (run_id, path) DO UPDATE SET
    status = excluded.status, idempotency_key = excluded.idempotency_key, attempts = excluded.attempts,
    input_data_id = excluded.input_data_id, effect_data_id = excluded.effect_data_id,
    output_data_id = excluded.output_data_id, error_code = excluded.error_code, error_message = excluded.error_message,
    next_attempt_at = excluded.next_attempt_at, started_at = excluded.started_at, finished_at = excluded.finished_at,
    warnings = excluded.warnings
), tries AS (
  INSERT INTO attempt (run_id, path, number, workspace_id, outcome, answer_data_id, error_code, error_message, retry_at,
                       started_at, finished_at)
  SELECT ok.id, a.path, a.number, ok.workspace_id, a.outcome, a.answer_id, a.error_code, a.error_message,
         now() + a.retry_ms * interval '1 ms', a.started_at, a.finished_at
  FROM unnest($33::uuid[], $34::text[], $35::int[], $36::text[], $37::uuid[], $38::text[], $39::text[], $40::float8[],
              $41::timestamptz[], $42::timestamptz[])
    AS a(run_id, path, number, outcome, answer_id, error_code, error_message, retry_ms, started_at, finished_at)
  JOIN ok ON ok.id = a.run_id
  ON CONFLICT (run_id, path, number) DO UPDATE SET
    outcome = excluded.outcome, answer_data_id = excluded.answer_data_id, error_code = excluded.error_code,
    error_message = excluded.error_message, retry_at = excluded.retry_at, finished_at = excluded.finished_at
), runs AS (
  -- Every finish and hand-back releases the lease with the same compare-and-set.
  UPDATE run r SET
    status = coalesce(w.status, r.status),
    name = coalesce(w.name, r.name),
    -- null leaves both counts alone; "forgive" moves this claim from the one to the other.
    claims = CASE WHEN w.mode = 'forgive' THEN greatest(r.claims - 1, 0) ELSE coalesce(w.claims, r.claims) END,
    faults = CASE WHEN w.mode = 'forgive' THEN r.faults + 1 WHEN w.claims IS NULL THEN r.faults ELSE 0 END,
    lease_token = CASE WHEN w.mode = 'hold' THEN r.lease_token END,
    lease_pool = CASE WHEN w.mode = 'hold' THEN r.lease_pool END,
    wake_at = CASE WHEN w.mode IN ('release', 'forgive') THEN now() + w.wake_ms * interval '1 ms' END,
    error_code = w.error_code, error_message = w.error_message, failed_step = w.failed_step,
    effect_counts = coalesce(w.effect_counts, r.effect_counts),
    body_deviates = coalesce(w.body_deviates, r.body_deviates),
    finished_at = CASE WHEN w.mode IN ('finish', 'end') THEN now() END
  FROM w JOIN ok ON ok.id = w.run_id
  WHERE r.id = w.run_id AND w.mode <> 'none'
)`;

const JOBS = `jobs AS (
  SELECT count(*) FROM (
    SELECT graphile_worker.add_jobs(array_agg(
      ROW('run', json_build_object('runId', ok.id), NULL, now() + w.wake_ms * interval '1 ms', 32767, NULL, NULL,
          NULL)::graphile_worker.job_spec))
    FROM ok JOIN w ON w.run_id = ok.id WHERE w.wake_ms IS NOT NULL HAVING count(*) > 0) added
)`;

const HELD_BACK = `held_back AS (${holdBack(`
  SELECT ok.id, ok.workspace_id, g.kind, g.key FROM unnest($46::uuid[], $47::text[], $48::text[]) AS g(run_id, kind, key)
  JOIN ok ON ok.id = g.run_id`)}
)`;

const CLOSED = `closed AS (
  UPDATE step_run s SET ${endOpenSteps("s")}
  FROM w JOIN ok ON ok.id = w.run_id WHERE w.mode = 'end' AND s.run_id = ok.id AND ${isOpen("s")}
)`;

/** What a batch does besides writing: what it does not need, it does not pay for. */
export type WriteParts = {
  /** A run is to go on later: a job for it, in the same transaction. */
  jobs: boolean;
  /** A run that nobody walked to its end ends: so does every step of it that is open. */
  ends: boolean;
  /** A run is held back at a gate; the parameters of `gateColumnsOf` follow those of `columnsOf`. */
  gates: boolean;
};

/** The journal write of a batch, under a name of its own; returns the ids of the runs whose lease held. */
export function writeStatement({ jobs, ends, gates }: WriteParts): { name: string; text: string } {
  const more = [...(gates ? [HELD_BACK] : []), ...(jobs ? [JOBS] : []), ...(ends ? [CLOSED] : [])];
  return {
    name: `journal${jobs ? "-jobs" : ""}${ends ? "-ends" : ""}${gates ? "-gates" : ""}`,
    text: `${[PARTS, ...more].join(", ")} SELECT ok.id FROM ok${jobs ? ", jobs" : ""}`,
  };
}

/** The batch as columns, in the order of the statement's parameters. */
export function columnsOf(list: readonly FencedWrite[]): Buffer[] {
  const runs = list.map(runOf);
  const data = list.flatMap(({ runId, write }) => write.data.map((row) => ({ runId, ...row })));
  const steps = list.flatMap(({ runId, write }) => write.steps.map((row) => ({ runId, ...row })));
  const tries = list.flatMap(({ runId, write }) => write.attempts.map((row) => ({ runId, ...row })));
  return [
    uuidArray(list.map(({ runId }) => runId)),
    uuidArray(list.map(({ leaseToken }) => leaseToken)),
    textArray(runs.map((r) => r.mode)),
    textArray(runs.map((r) => r.status)),
    textArray(runs.map((r) => keepable(r.name))),
    textArray(runs.map((r) => keepable(r.errorCode))),
    textArray(runs.map((r) => keepable(r.errorMessage))),
    textArray(runs.map((r) => r.failedStep)),
    textArray(runs.map((r) => r.effectCounts)),
    floatArray(runs.map((r) => r.wakeMs)),
    intArray(runs.map((r) => r.claims)),
    uuidArray(data.map((d) => d.runId)),
    uuidArray(data.map((d) => d.id)),
    textArray(data.map((d) => d.kind)),
    textArray(data.map((d) => d.json)),
    uuidArray(steps.map((s) => s.runId)),
    textArray(steps.map((s) => s.path)),
    textArray(steps.map((s) => s.stepId)),
    intArray(steps.map((s) => s.seq)),
    textArray(steps.map((s) => s.kind)),
    textArray(steps.map((s) => s.action)),
    textArray(steps.map((s) => s.status)),
    textArray(steps.map((s) => s.idempotencyKey)),
    intArray(steps.map((s) => s.attempts)),
    uuidArray(steps.map((s) => s.inputDataId)),
    uuidArray(steps.map((s) => s.effectDataId)),
    uuidArray(steps.map((s) => s.outputDataId)),
    textArray(steps.map((s) => keepable(s.errorCode))),
    textArray(steps.map((s) => keepable(s.errorMessage))),
    floatArray(steps.map((s) => s.nextAttemptInMs)),
    timeArray(steps.map((s) => s.startedAt)),
    timeArray(steps.map((s) => s.finishedAt)),
    uuidArray(tries.map((a) => a.runId)),
    textArray(tries.map((a) => a.path)),
    intArray(tries.map((a) => a.number)),
    textArray(tries.map((a) => a.outcome)),
    uuidArray(tries.map((a) => a.answerDataId)),
    textArray(tries.map((a) => keepable(a.errorCode))),
    textArray(tries.map((a) => keepable(a.errorMessage))),
    floatArray(tries.map((a) => a.retryInMs)),
    timeArray(tries.map((a) => a.startedAt)),
    timeArray(tries.map((a) => a.finishedAt)),
    bytesArray(data.map((d) => d.sealed)),
    textArray(steps.map((s) => (s.warnings === null ? null : JSON.stringify(s.warnings)))),
    booleanArray(list.map(({ write: { run } }) => (run.kind === "hold" ? null : run.bodyDeviates))),
  ];
}

/** Which runs of the batch are held back, and where; the last three parameters of the statements with gates. */
export function gateColumnsOf(list: readonly FencedWrite[]): Buffer[] {
  const rows = list.flatMap(({ runId, write: { run } }) =>
    run.kind === "release" && run.heldBackAt !== undefined ? [{ runId, ...run.heldBackAt }] : [],
  );
  return [
    uuidArray(rows.map(({ runId }) => runId)),
    textArray(rows.map(({ kind }) => kind)),
    textArray(rows.map(({ key }) => key)),
  ];
}

/** A row of `w`, but for the ids. */
type RunRow = {
  mode: "none" | "hold" | "release" | "forgive" | "finish" | "end";
  status: string | null;
  name: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  failedStep: string | null;
  effectCounts: string | null;
  wakeMs: number | null;
  claims: number | null;
};

const NOTHING = {
  status: null,
  errorCode: null,
  errorMessage: null,
  failedStep: null,
  effectCounts: null,
  wakeMs: null,
  claims: null,
} as const;

function runOf({ write: { run }, tries }: FencedWrite): RunRow {
  switch (run.kind) {
    case "hold": {
      // The row is touched only when there is something to say: most writes leave it alone.
      const reset = run.progress && tries > 1;
      const mode = run.name !== null || reset ? "hold" : "none";
      return { ...NOTHING, mode, name: run.name, claims: reset ? 1 : null };
    }
    case "release": {
      const { status, name, errorCode, errorMessage } = run;
      const mode = run.forgiven === true ? "forgive" : "release";
      const more = { wakeMs: run.wakeInMs, claims: run.progress ? 0 : null };
      return { ...NOTHING, mode, status, name, errorCode, errorMessage, ...more };
    }
    case "finish": {
      const { status, name, errorCode, errorMessage, failedStep } = run;
      const mode = run.walked === false ? "end" : "finish";
      const effectCounts = JSON.stringify(run.effectCounts);
      return { ...NOTHING, mode, status, name, errorCode, errorMessage, failedStep, effectCounts };
    }
  }
}

/** Text as PostgreSQL can hold it: NUL shown as its symbol, lone surrogates replaced. */
function keepable(text: string | null): string | null {
  return text === null
    ? null
    : text
        .replaceAll("\0", "\u2400")
        .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}
