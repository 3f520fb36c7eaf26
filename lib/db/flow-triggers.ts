import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
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

/** A live flow that listens to an endpoint; no event types means every type. */
export type ListeningFlow = { flowId: string; name: string; eventTypes: string[] };

/** The live flows that listen to an endpoint, by name. */
export async function listListeningFlows(
  workspaceId: WorkspaceId,
  endpointId: string,
  db: Db = prisma(),
): Promise<ListeningFlow[]> {
  const triggers = await db.flowTrigger.findMany({
    where: { workspaceId, endpointId },
    select: { flowId: true, eventTypes: true },
  });
  const flows = await db.flow.findMany({
    where: { workspaceId, id: { in: triggers.map(({ flowId }) => flowId) } },
    select: { id: true, name: true },
    orderBy: [{ name: "asc" }, { id: "asc" }],
  });
  return flows.map(({ id, name }) => ({
    flowId: id,
    name,
    eventTypes: triggers.find(({ flowId }) => flowId === id)?.eventTypes ?? [],
  }));
}
