import type { Gate, GateKind } from "#lib/core/gate.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { upkeepPool } from "#lib/db/run-pool.ts";

/** A gate with runs held back at it. */
export type LinedGate = Gate & { workspaceId: string };

/** Why a run that nobody works on has no job: it waits for a place since then. */
export type HeldBack = Gate & { since: Date };

const GATES_MAX = 1_000;
/** Before jobs of the usual priority, 0: whoever was held back has waited before. */
const AHEAD = -1;

/**
 * SQL: holds back the runs of `rows` (run_id, workspace_id, gate_kind, gate_key); who is held back already, stays in
 * its place.
 */
export const holdBack = (rows: string) => `
  INSERT INTO held_back_run (run_id, workspace_id, gate_kind, gate_key) ${rows}
  ON CONFLICT (run_id) DO UPDATE SET gate_kind = excluded.gate_kind, gate_key = excluded.gate_key`;

/** The gates that runs are held back at, of all workspaces; one index lookup for each, however many runs wait. */
export async function listLinedGates(): Promise<LinedGate[]> {
  const { rows } = await upkeepPool().query<{ workspace_id: string; gate_kind: GateKind; gate_key: string }>({
    name: "lined-gates",
    text: `WITH RECURSIVE gate AS (
             (SELECT workspace_id, gate_kind, gate_key FROM held_back_run
              ORDER BY workspace_id, gate_kind, gate_key LIMIT 1)
             UNION ALL
             SELECT next.* FROM gate g, LATERAL (
               SELECT workspace_id, gate_kind, gate_key FROM held_back_run h
               WHERE (h.workspace_id, h.gate_kind, h.gate_key) > (g.workspace_id, g.gate_kind, g.gate_key)
               ORDER BY workspace_id, gate_kind, gate_key LIMIT 1) next
           )
           SELECT * FROM gate LIMIT $1`,
    values: [GATES_MAX],
  });
  return rows.map((row) => ({ workspaceId: row.workspace_id, kind: row.gate_kind, key: row.gate_key }));
}

/** How many jobs ahead of others no worker has taken yet, counted up to `max`. */
export async function countUntakenTurns(max: number): Promise<number> {
  const { rows } = await upkeepPool().query<{ untaken: number }>({
    name: "untaken-turns",
    text: `SELECT count(*)::int AS untaken FROM (
             SELECT FROM graphile_worker._private_jobs WHERE is_available AND priority = ${AHEAD} AND run_at <= now()
             LIMIT $1) j`,
    values: [max],
  });
  return rows[0]?.untaken ?? 0;
}

/**
 * Gives the first `count` runs held back at each gate a job, ahead of others and marked as in turn; oldest runs first.
 * Returns how many there were. Two workers that open the same gate at once open it for different runs.
 */
export async function openGates(wishes: readonly { gate: LinedGate; count: number }[]): Promise<number> {
  const { rows } = await upkeepPool().query<{ opened: number }>({
    name: "open-gates",
    text: letGo(`wish AS (
        SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::int[]) AS t(workspace_id, kind, key, count)
      ), first AS (
        SELECT f.run_id FROM wish w, LATERAL (
          SELECT h.run_id FROM held_back_run h
          WHERE h.workspace_id = w.workspace_id AND h.gate_kind = w.kind AND h.gate_key = w.key
          ORDER BY h.run_id LIMIT w.count FOR UPDATE SKIP LOCKED) f
      )`),
    values: [
      wishes.map(({ gate }) => gate.workspaceId),
      wishes.map(({ gate }) => gate.kind),
      wishes.map(({ gate }) => gate.key),
      wishes.map(({ count }) => count),
    ],
  });
  return rows[0]?.opened ?? 0;
}

/** Runs that are let through a brake at once, however long nobody looked. */
const LET_AT_ONCE_MAX = 100;

/**
 * Lets through the runs held back at these brakes whose moment has come: so many a minute of each workspace, its oldest
 * first, whatever their flow. Returns how many there were.
 */
export async function letThroughBrakes(gates: readonly LinedGate[]): Promise<number> {
  const { rows } = await upkeepPool().query<{ opened: number }>({
    name: "let-through-brakes",
    text: letGo(`due AS (
        SELECT workspace_id, per_minute,
               least(floor(extract(epoch FROM now() - let_at) * per_minute / 60), ${LET_AT_ONCE_MAX})::int AS count
        FROM brake WHERE per_minute IS NOT NULL AND workspace_id = ANY ($1::uuid[]) FOR UPDATE SKIP LOCKED
      ), paid AS (
        UPDATE brake b SET let_at = CASE WHEN due.count = ${LET_AT_ONCE_MAX} THEN now()
                                         ELSE b.let_at + due.count * interval '1 minute' / due.per_minute END
        FROM due WHERE due.count > 0 AND b.workspace_id = due.workspace_id
        RETURNING b.workspace_id, due.count
      ), oldest AS (
        SELECT p.workspace_id, p.count, o.run_id,
               row_number() OVER (PARTITION BY p.workspace_id ORDER BY o.run_id) AS place
        FROM paid p JOIN unnest($1::uuid[], $2::text[]) AS line(workspace_id, key)
          ON line.workspace_id = p.workspace_id,
        LATERAL (SELECT h.run_id FROM held_back_run h
                 WHERE h.workspace_id = p.workspace_id AND h.gate_kind = 'brake' AND h.gate_key = line.key
                 ORDER BY h.run_id LIMIT p.count) o
      ), first AS (
        SELECT h.run_id FROM held_back_run h JOIN oldest o ON o.run_id = h.run_id
        WHERE o.place <= o.count FOR UPDATE OF h SKIP LOCKED
      )`),
    values: [gates.map(({ workspaceId }) => workspaceId), gates.map(({ key }) => key)],
  });
  return rows[0]?.opened ?? 0;
}

/** SQL: gives the held back runs of `first`, the last of these queries, their jobs; oldest runs first. */
const letGo = (queries: string) => `
  WITH ${queries}, opened AS (
    DELETE FROM held_back_run h USING first WHERE h.run_id = first.run_id RETURNING h.run_id
  ), early AS (
    -- One that would also go on at a time of its own goes on now. One lookup per id; who is locked is taken.
    SELECT r.id FROM opened o, LATERAL (
      SELECT id FROM run WHERE id = o.run_id AND lease_token IS NULL AND wake_at > now()
      FOR NO KEY UPDATE SKIP LOCKED) r
  ), waked AS (
    UPDATE run SET wake_at = NULL WHERE id = ANY (ARRAY(SELECT id FROM early))
  ), in_order AS (
    -- Jobs of one moment are taken in any order.
    SELECT run_id,
           now() + (row_number() OVER (ORDER BY run_id) - count(*) OVER ()) * interval '1 microsecond' AS run_at
    FROM opened
  ), jobs AS (
    SELECT count(*) FROM (
      SELECT graphile_worker.add_jobs(array_agg(
        ROW('run', json_build_object('runId', run_id, 'inTurn', true), NULL, run_at, 32767, 'run:' || run_id,
            ${AHEAD}, NULL)::graphile_worker.job_spec))
      FROM in_order HAVING count(*) > 0) added
  )
  SELECT count(*)::int AS opened FROM opened, jobs`;

/** What an open run waits for that has neither lease nor time to go on; null when it waits for no gate. */
export async function findHeldBack(workspaceId: WorkspaceId, runId: string): Promise<HeldBack | null> {
  const { rows } = await pool().query<{ gate_kind: GateKind; gate_key: string; since: Date }>(
    `SELECT h.gate_kind, h.gate_key, h.since FROM held_back_run h JOIN run r ON r.id = h.run_id
     WHERE h.workspace_id = $1 AND h.run_id = $2 AND r.lease_token IS NULL
       AND r.status IN ('queued', 'waiting', 'retrying') AND (r.wake_at IS NULL OR r.wake_at <= now())`,
    [workspaceId, runId],
  );
  const row = rows[0];
  return row === undefined ? null : { kind: row.gate_kind, key: row.gate_key, since: row.since };
}
