import { holdBack } from "#lib/db/held-back-runs.ts";

/**
 * Rows name their run by `at`, its place in the batch from 1. Whether the fence let it through is looked up in a hash
 * (`IS TRUE` keeps the planner from making a join of it: one that walks the batch for every row of the batch, three
 * fifths of what a write cost at a hundred runs).
 */
const isHeld = (row: string) => `(${row}.at IN (SELECT at FROM ok)) IS TRUE`;
const runId = (row: string) => `($1::uuid[])[${row}.at]`;
const workspaceId = (row: string) => `($3::uuid[])[${row}.at]`;

/**
 * `again`: rows may be there already. To ask costs each of them a log record, so it is only asked where that can be; a
 * write that was made before and is sent again changes nothing.
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
), parts AS (
  INSERT INTO journal_part (run_id, number, workspace_id, rows, data, sealed)
  SELECT ${runId("p")}, coalesce(p.number, (SELECT coalesce(max(number), 0) + 1 FROM journal_part t
                                            WHERE t.run_id = ${runId("p")})),
         ${workspaceId("p")}, p.rows, p.data, p.sealed
  FROM unnest($14::int[], $15::int[], $16::text[], $17::text[], $18::bytea[]) AS p(at, number, rows, data, sealed)
  WHERE ${isHeld("p")}${again ? " ON CONFLICT (run_id, number) DO NOTHING" : ""}
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

/** Values that are too large for a part, each in a row of its own; `apartColumnsOf` gives the parameters from 19 on. */
const apart = (again: boolean) => `apart AS (
  INSERT INTO step_data (id, workspace_id, run_id, kind, data, sealed)
  SELECT d.id, ${workspaceId("d")}, ${runId("d")}, d.kind, d.data, d.sealed
  FROM unnest($19::int[], $20::uuid[], $21::text[], $22::text[], $23::bytea[]) AS d(at, id, kind, data, sealed)
  WHERE ${isHeld("d")}${again ? " ON CONFLICT (id) DO NOTHING" : ""}
)`;

/** `first`: the number of the first parameter of `gateColumnsOf`. */
const heldBack = (first: number) => `held_back AS (${holdBack(`
  SELECT ${runId("g")}, ${workspaceId("g")}, g.kind, g.key
  FROM unnest($${first}::int[], $${first + 1}::text[], $${first + 2}::text[]) AS g(at, kind, key)
  WHERE ${isHeld("g")}`)}
)`;

/** What a batch does besides writing: what it does not need, it does not pay for. */
export type WriteParts = {
  /** A write of it was sent before. */
  again: boolean;
  /** A value is too large for its part; the parameters of `apartColumnsOf` follow those of `columnsOf`. */
  apart: boolean;
  /** A run is to go on later: a job for it, in the same transaction. */
  jobs: boolean;
  /** A run is held back at a gate; the parameters of `gateColumnsOf` come last. */
  gates: boolean;
};

/** The journal write of a batch, under a name of its own; returns the ids of the runs whose lease held. */
export function writeStatement(parts: WriteParts): { name: string; text: string } {
  const { again, gates, jobs } = parts;
  const more = [
    ...(parts.apart ? [apart(again)] : []),
    ...(gates ? [heldBack(parts.apart ? 24 : 19)] : []),
    ...(jobs ? [JOBS] : []),
  ];
  const name = Object.entries(parts).flatMap(([part, is]) => (is ? [`-${part}`] : []));
  return {
    name: `journal${name.join("")}`,
    text: `${[partsOf(again), ...more].join(", ")} SELECT ok.id FROM ok${jobs ? ", jobs" : ""}`,
  };
}
