import { ensurePartitionsOf } from "#lib/db/partitions.ts";
import type { SqlClient } from "#lib/db/with-client.ts";

const ms = (column: string) => `floor(extract(epoch FROM ${column}) * 1000)`;
const msFromNow = (column: string) => `floor(extract(epoch FROM ${column} - now()) * 1000)`;

/** SQL: the rows of one run, `run`, in the tables of earlier versions as `packPart` would write them. */
const rowsOf = (run: string) => `json_build_object(
    'steps', (SELECT coalesce(json_agg(json_build_array(s.path, s.step_id, s.seq, s.kind, s.action, s.status,
        s.idempotency_key, s.attempts, s.input_data_id, s.effect_data_id, s.output_data_id, s.error_code,
        s.error_message, s.warnings::json, ${msFromNow("s.next_attempt_at")}, ${ms("s.started_at")},
        ${ms("s.finished_at")})), '[]') FROM old_step_run s WHERE s.run_id = ${run}),
    'tries', (SELECT coalesce(json_agg(json_build_array(a.path, a.number, a.outcome, a.answer_data_id, a.error_code,
        a.error_message, ${msFromNow("a.retry_at")}, ${ms("a.started_at")}, ${ms("a.finished_at")})), '[]')
      FROM old_attempt a WHERE a.run_id = ${run}))::text`;

/** SQL: what versions before the journal's parts kept of the run $2 of workspace $1, as its part 0. */
export const OLD_PARTS = `
  SELECT 0 AS number, now() AS written_at, ${rowsOf("$2::uuid")} AS rows, '' AS data, NULL::bytea AS sealed
  WHERE EXISTS (SELECT FROM old_step_run WHERE workspace_id = $1::uuid AND run_id = $2::uuid)`;

/** Runs that are moved at once: some ten milliseconds of work. */
const RUNS_PER_SLICE = 500;

/**
 * Moves what earlier versions kept of some runs into part 0 of their journals, the newest runs first; returns how many
 * runs it moved, 0 when none are left or another process is at it.
 */
export async function moveOldJournals(client: SqlClient): Promise<number> {
  await client.query("BEGIN");
  try {
    const ids = await moveSlice(client);
    await client.query("COMMIT");
    return ids.length;
  } catch (error) {
    await client.query("ROLLBACK");
    throw error;
  }
}

const LOCK_KEY = 72_707_372;

async function moveSlice(client: SqlClient): Promise<string[]> {
  const lock = await client.query<{ held: boolean }>("SELECT pg_try_advisory_xact_lock($1) AS held", [LOCK_KEY]);
  if (lock.rows[0]?.held !== true) return [];
  const { rows } = await client.query<{ run_id: string; workspace_id: string }>(
    `SELECT DISTINCT ON (run_id) run_id, workspace_id FROM old_step_run ORDER BY run_id DESC LIMIT ${RUNS_PER_SLICE}`,
  );
  const ids = rows.map(({ run_id }) => run_id);
  if (ids.length === 0) return ids;
  await ensurePartitionsOf(client, "journal_part", ids);
  await client.query(
    `INSERT INTO journal_part (run_id, number, workspace_id, written_at, rows, data)
     SELECT run_id, 0, workspace_id, now(), ${rowsOf("m.run_id")}, ''
     FROM unnest($1::uuid[], $2::uuid[]) AS m(run_id, workspace_id)`,
    [ids, rows.map(({ workspace_id }) => workspace_id)],
  );
  await client.query("DELETE FROM old_attempt WHERE run_id = ANY ($1::uuid[])", [ids]);
  await client.query("DELETE FROM old_step_run WHERE run_id = ANY ($1::uuid[])", [ids]);
  return ids;
}
