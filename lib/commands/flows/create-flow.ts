import { z } from "zod";
import { flowNameSchema, readDraft } from "#lib/commands/flows/read-flow-input.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findTriggerOfEvent } from "#lib/db/flow-references.ts";
import { findFlow, insertFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** How a flow begins: empty, listening to an endpoint or to events like a given one, or with a whole definition. */
export const createFlowSchema = z.strictObject({
  name: flowNameSchema.optional(),
  endpointId: z.uuid().optional(),
  eventId: z.uuid().optional(),
  definition: z.unknown().optional(),
});

/**
 * Makes a flow as a draft; nothing runs until it is published. An event gives its endpoint and type to the trigger
 * where the definition names none. Returns its id. Throws InvalidInputError, NotFoundError (the event).
 */
export async function createFlow(actor: Actor, input: unknown): Promise<{ id: string }> {
  authorize(actor, "flow.edit");
  const { name, endpointId, eventId, definition } = parseInput(createFlowSchema, input);
  const event = eventId === undefined ? null : await findTriggerOfEvent(actor.workspaceId, eventId);
  if (eventId !== undefined && event === null) throw new NotFoundError("event");
  const trigger: FlowDefinition["trigger"] = {
    endpointId: endpointId ?? event?.endpointId ?? null,
    eventTypes: event?.eventType == null ? [] : [event.eventType],
    filter: null,
  };
  const draft = await readDraft(actor.workspaceId, definition ?? { schema: 1, trigger, runName: "", steps: [] }, null);
  if (draft.trigger.kind === undefined && draft.trigger.endpointId === null)
    draft.trigger = { ...draft.trigger, endpointId: trigger.endpointId };
  return storeFlow(
    actor,
    name ?? (event?.eventType == null ? "New flow" : `On ${event.eventType}`.slice(0, 120)),
    draft,
  );
}

/** Makes a draft with the same steps as another flow's draft. Throws NotFoundError. */
export async function duplicateFlow(actor: Actor, flowId: string): Promise<{ id: string }> {
  authorize(actor, "flow.edit");
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  return storeFlow(actor, `${flow.name.slice(0, 110)} (copy)`, flow.draft);
}

async function storeFlow(actor: Actor, name: string, draft: FlowDefinition): Promise<{ id: string }> {
  return inTransaction(async (db) => {
    const id = await insertFlow(
      actor.workspaceId,
      { name, draft, draftBy: actor.kind === "user" ? actor.id : null },
      db,
    );
    await insertAuditEntry(actor, "flow.create", { kind: "flow", id }, { name }, db);
    return { id };
  });
}
