import { pool } from "#lib/db/pool.ts";
import type { SinkHit } from "#tests/support/http-sink.ts";
import { everyStep, keptSteps } from "#tests/support/kept-journal.ts";
import type { Ack } from "./send-events.ts";

/** What the auditor counted; every field but the first three must be 0. */
export type Audit = {
  acked: number;
  events: number;
  hits: number;
  /** INV-1: promised and not stored once with the same bytes. */
  lost: number;
  altered: number;
  /** INV-2 and INV-11: a delivery stored twice. */
  doubled: number;
  /** INV-3: events, or new items of a split event, without exactly one run. */
  missingRuns: number;
  extraRuns: number;
  /** INV-4: runs not in a terminal state, and terminal states that changed. */
  unfinished: number;
  rewritten: number;
  /** Terminal, but not succeeded: nothing here has a reason to fail. */
  failed: number;
  /** INV-5: succeeded steps that never arrived; one key with other bytes, or one step with other keys. */
  neverArrived: number;
  otherBytes: number;
  strangeKeys: number;
  /** INV-6: hits beyond one per step, above what the kills explain. */
  unexplained: number;
  /** INV-12: accepted and neither finished nor scheduled. */
  unaccounted: number;
};

/** Writes down every change of a terminal state; none may ever happen without a person. */
export async function installTransitionGuard(): Promise<void> {
  await pool().query(`
    CREATE TABLE audit_rewrite (run_id uuid, was text, became text);
    CREATE FUNCTION note_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO audit_rewrite VALUES (old.id, old.status, new.status); RETURN new; END $$;
    CREATE TRIGGER note_rewrite AFTER UPDATE ON run FOR EACH ROW
      WHEN (old.status IN ('succeeded', 'failed', 'filtered', 'canceled')) EXECUTE FUNCTION note_rewrite();`);
}

/** Waits until no run is under way, at most `withinMs`; says how many are left. */
export async function settle(withinMs: number): Promise<number> {
  const until = performance.now() + withinMs;
  for (;;) {
    const left = await count("SELECT count(*) FROM run WHERE kind <> 'canary' AND finished_at IS NULL");
    if (left === 0 || performance.now() > until) return left;
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Joins what senders were promised, what the database holds and what the target got. */
export async function audit(acks: readonly Ack[], hits: readonly SinkHit[], surplusMax: number): Promise<Audit> {
  const events = new Map(
    (
      await rowsOf<{ id: string; delivery_id: string; sha: string }>(
        "SELECT id, delivery_id, encode(body_sha256, 'hex') AS sha FROM event",
      )
    ).map((row) => [row.id, row]),
  );
  const steps: { status: string; key: string }[] = [];
  for await (const { status, idempotencyKey } of everyStep("true"))
    if (idempotencyKey !== null) steps.push({ status, key: idempotencyKey });
  const byKey = Map.groupBy(hits, (hit) => hit.key ?? "");
  const known = new Set(steps.map((step) => step.key));
  const surplus = [...byKey.values()].reduce((sum, list) => sum + list.length - 1, 0);
  return {
    acked: acks.length,
    events: events.size,
    hits: hits.length,
    lost: acks.filter((ack) => !events.has(ack.eventId)).length,
    altered: acks.filter((ack) => events.has(ack.eventId) && events.get(ack.eventId)?.sha !== ack.bodySha256).length,
    doubled: await count(
      `SELECT count(*) FROM (SELECT 1 FROM event WHERE delivery_id IS NOT NULL GROUP BY delivery_id
                             HAVING count(*) > 1) d`,
    ),
    missingRuns: await count(
      `SELECT count(*) FROM event e LEFT JOIN event_item i ON i.event_id = e.id WHERE i.duplicate IS NOT TRUE
         AND NOT EXISTS (SELECT FROM run r WHERE r.event_id = e.id AND r.item_index IS NOT DISTINCT FROM i.item_index)`,
    ),
    extraRuns: await count(
      `SELECT count(*) FROM (SELECT 1 FROM run r LEFT JOIN event_item i USING (event_id, item_index)
                             WHERE r.kind <> 'canary'
         GROUP BY event_id, item_index HAVING count(*) > 1 OR bool_or(i.duplicate)) d`,
    ),
    unfinished: await count("SELECT count(*) FROM run WHERE kind <> 'canary' AND finished_at IS NULL"),
    rewritten: await count("SELECT count(*) FROM audit_rewrite"),
    failed: await count(
      "SELECT count(*) FROM run WHERE kind <> 'canary' AND status IN ('failed', 'canceled', 'filtered')",
    ),
    neverArrived: steps.filter((step) => step.status === "succeeded" && !byKey.has(step.key)).length,
    otherBytes: [...byKey.values()].filter(
      (list) => new Set(list.map((hit) => `${hit.path} ${hit.bodySha256}`)).size > 1,
    ).length,
    strangeKeys: [...byKey.keys()].filter((key) => !known.has(key)).length,
    unexplained: Math.max(surplus - surplusMax, 0),
    unaccounted: await count(
      `SELECT count(*) FROM event e WHERE e.verdict = 'accepted' AND NOT EXISTS (
         SELECT FROM run r WHERE r.event_id = e.id AND (r.finished_at IS NOT NULL OR r.lease_token IS NOT NULL
           OR EXISTS (SELECT FROM held_back_run h WHERE h.run_id = r.id)
           OR EXISTS (SELECT FROM graphile_worker._private_jobs j WHERE j.payload->>'runId' = r.id::text)))`,
    ),
  };
}

/** Why runs failed, each reason once with how often and one run's id: what a red storm prints. */
export async function failures(): Promise<
  { step: string | null; code: string | null; message: string | null; runs: number; example: string }[]
> {
  return rowsOf(`SELECT failed_step AS step, error_code AS code, error_message AS message, count(*)::int AS runs,
      min(id::text) AS example
    FROM run WHERE kind <> 'canary' AND status IN ('failed', 'canceled', 'filtered') GROUP BY 1, 2, 3
    ORDER BY runs DESC LIMIT 20`);
}

/** What keeps runs from their end: what a storm prints that left some unfinished. */
export async function stuckRuns(): Promise<object[]> {
  const stuck = await rowsOf<{ id: string }>(`SELECT id, status, claims, faults, lease_pool,
      lease_token IS NOT NULL AS leased, wake_at - now() AS wakes_in, now() - created_at AS age, error_code,
      (SELECT json_agg(json_build_object('locked_by', j.locked_by, 'attempts', j.attempts, 'runs_in', j.run_at - now(),
                                         'key', j.key))
       FROM graphile_worker._private_jobs j WHERE j.payload->>'runId' = r.id::text) AS jobs
    FROM run r WHERE kind <> 'canary' AND finished_at IS NULL ORDER BY id LIMIT 10`);
  return Promise.all(stuck.map(async (run) => ({ ...run, steps: await keptSteps(run.id) })));
}

/** The counts that must be 0 and are not. */
export function breaches(result: Audit): Partial<Audit> {
  const { acked: _, events: __, hits: ___, ...counts } = result;
  return Object.fromEntries(Object.entries(counts).filter(([, value]) => value !== 0));
}

async function rowsOf<Row extends object>(sql: string): Promise<Row[]> {
  return (await pool().query<Row>(sql)).rows;
}

async function count(sql: string): Promise<number> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return Number((await rowsOf<{ count: string }>(sql))[0]?.count ?? 0);
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}
