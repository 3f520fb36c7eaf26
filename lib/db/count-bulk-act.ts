import type { Actor } from "#lib/core/actor.ts";
import { BusyError, InvalidInputError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { BulkKind } from "#lib/db/bulk-acts.ts";
import { inPgTransaction } from "#lib/db/in-pg-transaction.ts";
import { pool } from "#lib/db/pool.ts";
import { type RunFilter, rareOnly, runConditions } from "#lib/db/run-filter.ts";

/** Runs one act may be about. */
export const BULK_RUNS_MAX = 100_000;

/** How long counting may take, in milliseconds. */
const COUNT_MS_MAX = 10_000;

/** What is to be counted. */
export type NewBulkAct = { kind: BulkKind; filter: RunFilter; shown: JsonObject; version: string; perSecond: number };

/**
 * Settles the runs an act is about, oldest first, and returns its id; it begins nothing. What the same person counted
 * before and did not start is forgotten. One count of a person goes on at a time. Throws InvalidInputError for more
 * than 100,000 runs, and BusyError when it takes longer than 10 s or another one goes on.
 */
export async function insertBulkAct(actor: Actor, act: NewBulkAct): Promise<string> {
  const id = newId();
  try {
    await inPgTransaction(pool(), async (client) => {
      await client.query(`SET LOCAL statement_timeout = ${COUNT_MS_MAX}`);
      const person = `count runs of ${actor.kind} ${actor.id}`;
      const { rows } = await client.query<{ free: boolean }>(
        "SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS free",
        [person],
      );
      if (rows[0]?.free !== true) throw new BusyError("count-busy", "Your other count is still going on. Wait for it.");
      await client.query(FORGET, [actor.workspaceId, actor.kind, actor.id]);
      const { text, values } = freezeQuery(actor, act.filter, id);
      const total = (await client.query(text, values)).rowCount ?? 0;
      if (total > BULK_RUNS_MAX) throw new InvalidInputError([{ field: "filter", message: TOO_MANY }]);
      await client.query(INSERT, [
        id,
        actor.workspaceId,
        act.kind,
        actor.kind,
        actor.id,
        JSON.stringify(act.shown),
        act.version,
        act.perSecond,
        total,
      ]);
    });
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "57014")
      throw new BusyError("count-too-long", TOO_LONG);
    throw error;
  }
  return id;
}

/** Forgets what was counted more than an hour ago and never started, and acts that ended more than 30 days ago. */
export async function forgetOldBulkActs(): Promise<void> {
  await pool().query(
    `WITH old AS (
       DELETE FROM bulk_act WHERE (state = 'counted' AND created_at < now() - interval '1 hour')
         OR ended_at < now() - interval '30 days'
       RETURNING id
     ) DELETE FROM bulk_item i USING old WHERE i.bulk_id = old.id`,
  );
}

function freezeQuery(actor: Actor, filter: RunFilter, id: string): { text: string; values: unknown[] } {
  const { conditions, values } = runConditions(actor.workspaceId, filter);
  const add = (value: unknown, condition: string): void => {
    values.push(value);
    conditions.push(condition.replace("?", `$${values.length}`));
  };
  if (filter.statuses !== undefined && filter.statuses.length > 0) add(filter.statuses, "status = ANY (?::text[])");
  // Said again, so that the index over unusual runs is seen to have them all.
  if (rareOnly(filter.statuses) !== null) conditions.push("status NOT IN ('queued', 'running', 'succeeded')");
  if (filter.flowId !== undefined) add(filter.flowId, "flow_id = ?::uuid");
  values.push(id);
  const text = `INSERT INTO bulk_item (bulk_id, number, run_id)
    SELECT $${values.length}::uuid, row_number() OVER (ORDER BY id), id FROM (
      SELECT id FROM run WHERE ${conditions.join(" AND ")} LIMIT ${BULK_RUNS_MAX + 1}) r`;
  return { text, values };
}

const TOO_MANY =
  "More than 100,000 runs match: one act is about 100,000 at most. " +
  "Narrow it: choose a time span, a flow, an endpoint or a state.";
const TOO_LONG =
  "Counting took longer than 10 seconds and was stopped. " +
  "Narrow it: choose a time span, a flow, an endpoint or a state.";

const FORGET = `
WITH old AS (
  DELETE FROM bulk_act WHERE workspace_id = $1 AND actor_kind = $2 AND actor_id = $3 AND state = 'counted' RETURNING id
) DELETE FROM bulk_item i USING old WHERE i.bulk_id = old.id`;

const INSERT = `
INSERT INTO bulk_act (id, workspace_id, kind, actor_kind, actor_id, filter, version, per_second, total)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`;
