import { BULK_CAPABILITY, bulkStartSchema } from "#lib/commands/runs/bulk-wish.ts";
import { continueBulkAct } from "#lib/commands/runs/continue-bulk-act.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { BusyError, ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { type BulkAct, changeBulkAct, countOpenBulkActs, findBulkAct } from "#lib/db/bulk-acts.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/** Acts of a workspace that may be under way or paused at once. */
const OPEN_MAX = 20;

/**
 * Begins to act on the runs that the same person counted, with another version or rate when given; the first are acted
 * on when it returns, the others by any web process. Started twice, it goes on once. Throws NotFoundError,
 * InvalidInputError, ConflictError "no-runs" and BusyError.
 */
export async function startBulkAct(actor: Actor, id: string, input: unknown = {}): Promise<BulkAct> {
  const choice = parseInput(bulkStartSchema, input);
  const { workspaceId } = actor;
  const started = await inTransaction(async (db) => {
    await lockInTransaction(`bulk acts of ${workspaceId}`, db);
    const counted = isUuid(id) ? await findBulkAct(workspaceId, id, db) : null;
    if (counted === null || counted.actor.kind !== actor.kind || counted.actor.id !== actor.id)
      throw new NotFoundError("bulk act");
    authorize(actor, BULK_CAPABILITY[counted.kind]);
    if (counted.state !== "counted") return counted;
    if (counted.total === 0) throw new ConflictError("no-runs", "No run matches, so there is nothing to do.");
    if ((await countOpenBulkActs(workspaceId, db)) >= OPEN_MAX)
      throw new BusyError("bulk-acts-busy", `${OPEN_MAX} acts on many runs are under way. Wait for one, or cancel it.`);
    const change = {
      state: "running" as const,
      ...(choice.version === undefined ? {} : { version: choice.version }),
      ...(choice.perSecond === undefined ? {} : { perSecond: choice.perSecond }),
    };
    const act = await changeBulkAct(workspaceId, id, ["counted"], change, db);
    if (act === null) throw new NotFoundError("bulk act");
    const detail = { act: act.kind, runs: act.total, version: act.version, perSecond: act.perSecond };
    await insertAuditEntry(actor, "bulkAct.start", { kind: "bulkAct", id }, detail, db);
    return act;
  });
  announce(workspaceId, "runs");
  await continueBulkAct(id);
  return (await findBulkAct(workspaceId, id)) ?? started;
}
