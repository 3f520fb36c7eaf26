import { BULK_CAPABILITY, bulkWishSchema, toRunFilter } from "#lib/commands/runs/bulk-wish.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { type BulkAct, describeBulkRuns, findBulkAct } from "#lib/db/bulk-acts.ts";
import { insertBulkAct } from "#lib/db/count-bulk-act.ts";
import { findRuns, type Run } from "#lib/db/runs.ts";

/** Counted runs: the act that waits to be started, how many are in each state now, and its first ten. */
export type CountedRuns = { act: BulkAct; states: Record<string, number>; sample: Run[] };

/**
 * Settles which runs an act on many is about, without beginning it: exactly these are acted on when it is started,
 * whatever becomes of others meanwhile. Kept for an hour, or until the same person counts again. Throws
 * InvalidInputError, also for more than 100,000 runs, and BusyError.
 */
export async function countRuns(actor: Actor, input: unknown): Promise<CountedRuns> {
  const { kind, filter, version, perSecond } = parseInput(bulkWishSchema, input);
  authorize(actor, BULK_CAPABILITY[kind]);
  const { workspaceId } = actor;
  const shown = JSON.parse(JSON.stringify(filter)) as JsonObject;
  const id = await insertBulkAct(actor, { kind, filter: toRunFilter(filter, actor.role), shown, version, perSecond });
  const act = await findBulkAct(workspaceId, id);
  if (act === null) throw new NotFoundError("bulk act");
  const { states, sample } = await describeBulkRuns(workspaceId, id);
  return { act, states, sample: await findRuns(workspaceId, sample) };
}
