import { beginMissing } from "#lib/commands/flows/begin-missing.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { deleteFlowTriggers, setFlowTrigger } from "#lib/db/flow-triggers.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { lockFlow, updateFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/**
 * Deletes a flow softly: no event starts it any more, its runs stay, and restoreFlow brings it back as it was. A flow
 * that is live needs the right to turn it off. Throws NotFoundError.
 */
export async function deleteFlow(actor: Actor, flowId: string, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "flow.edit");
  await inTransaction(async (db) => {
    const flow = await lockFlow(actor.workspaceId, flowId, {}, db);
    if (flow === null) throw new NotFoundError("flow");
    if (flow.on) authorize(actor, "flow.switch");
    // While it is deleted it misses events as one that is off does.
    const missed = flow.on ? await beginMissing(actor, flow, now, db) : {};
    await updateFlow(actor.workspaceId, flowId, { deletedAt: now, ...missed }, db);
    await deleteFlowTriggers(actor.workspaceId, flowId, db);
    await insertAuditEntry(actor, "flow.delete", { kind: "flow", id: flowId }, { name: flow.name }, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
}

/** Brings a deleted flow back, on if it was on. Throws NotFoundError when there is no such deleted flow. */
export async function restoreFlow(actor: Actor, flowId: string): Promise<void> {
  authorize(actor, "flow.edit");
  await inTransaction(async (db) => {
    const flow = await lockFlow(actor.workspaceId, flowId, { deleted: true }, db);
    if (flow === null) throw new NotFoundError("flow");
    if (flow.on) authorize(actor, "flow.switch");
    await updateFlow(
      actor.workspaceId,
      flowId,
      { deletedAt: null, ...(flow.on ? { missedTo: databaseNow() } : {}) },
      db,
    );
    const version =
      flow.on && flow.liveVersion !== null
        ? await findFlowVersionById(actor.workspaceId, flow.liveVersion.id, db)
        : null;
    if (version !== null) await setFlowTrigger(actor.workspaceId, flowId, version.id, version.definition.trigger, db);
    await insertAuditEntry(actor, "flow.restore", { kind: "flow", id: flowId }, {}, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
}
