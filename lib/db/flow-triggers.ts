import type { WorkspaceId } from "#lib/core/ids.ts";
import type { Db } from "#lib/db/prisma.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** Makes the flow start on its trigger's events, by this version and no other. */
export async function setFlowTrigger(
  workspaceId: WorkspaceId,
  flowId: string,
  versionId: string,
  trigger: FlowDefinition["trigger"],
  db: Db,
): Promise<void> {
  await deleteFlowTriggers(workspaceId, flowId, db);
  if (trigger.endpointId === null) return;
  await db.flowTrigger.create({
    data: { endpointId: trigger.endpointId, flowId, versionId, workspaceId, eventTypes: trigger.eventTypes },
  });
}

/** Makes no event start the flow. */
export async function deleteFlowTriggers(workspaceId: WorkspaceId, flowId: string, db: Db): Promise<void> {
  await db.flowTrigger.deleteMany({ where: { workspaceId, flowId } });
}
