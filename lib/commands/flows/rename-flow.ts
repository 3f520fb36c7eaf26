import { flowNameSchema } from "#lib/commands/flows/read-flow-input.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findFlow, updateFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/** Gives a flow another name. Throws InvalidInputError, NotFoundError. */
export async function renameFlow(actor: Actor, flowId: string, input: unknown): Promise<void> {
  authorize(actor, "flow.edit");
  const name = parseInput(flowNameSchema, input);
  await inTransaction(async (db) => {
    const flow = await findFlow(actor.workspaceId, flowId, {}, db);
    if (flow === null) throw new NotFoundError("flow");
    if (flow.name === name) return;
    await updateFlow(actor.workspaceId, flowId, { name }, db);
    await insertAuditEntry(actor, "flow.rename", { kind: "flow", id: flowId }, { from: flow.name, to: name }, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
}
