import { BULK_CAPABILITY } from "#lib/commands/runs/bulk-wish.ts";
import { continueBulkAct } from "#lib/commands/runs/continue-bulk-act.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { type BulkAct, changeBulkAct, findBulkAct } from "#lib/db/bulk-acts.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

const WAYS = {
  pause: { from: ["running"], to: "paused" },
  resume: { from: ["paused"], to: "running" },
  cancel: { from: ["counted", "running", "paused"], to: "canceled" },
} as const satisfies Record<string, { from: readonly BulkAct["state"][]; to: BulkAct["state"] }>;

/** What can be done to an act on many runs while it is under way. */
export type BulkSteering = keyof typeof WAYS;

/**
 * Holds an act on many runs, lets it go on, or ends it: once this returns, no further run is begun; what was done stays
 * done. Throws NotFoundError, and ConflictError "bulk-act-ended" or "bulk-act-state" where its state forbids it.
 */
export async function steerBulkAct(actor: Actor, id: string, way: BulkSteering): Promise<BulkAct> {
  const { workspaceId } = actor;
  const { from, to } = WAYS[way];
  const now = databaseNow();
  const changed = await inTransaction(async (db) => {
    const before = isUuid(id) ? await findBulkAct(workspaceId, id, db) : null;
    if (before === null) throw new NotFoundError("bulk act");
    authorize(actor, BULK_CAPABILITY[before.kind]);
    const change = { state: to, ...(to === "canceled" ? { endedAt: now } : {}) };
    const act = await changeBulkAct(workspaceId, id, from, change, db);
    if (act === null) return (await findBulkAct(workspaceId, id, db)) ?? before;
    const detail = { act: act.kind, done: act.done, refused: act.refused, left: act.total - act.done - act.refused };
    await insertAuditEntry(actor, `bulkAct.${way}`, { kind: "bulkAct", id }, detail, db);
    return act;
  });
  if (changed.state !== to) throw refusalOf(changed);
  announce(workspaceId, "runs");
  if (way !== "resume") return changed;
  await continueBulkAct(id);
  return (await findBulkAct(workspaceId, id)) ?? changed;
}

function refusalOf({ state }: BulkAct): ConflictError {
  return state === "done" || state === "canceled"
    ? new ConflictError("bulk-act-ended", `This act has ended: it is ${state}.`)
    : new ConflictError("bulk-act-state", `This act is ${state}.`);
}
