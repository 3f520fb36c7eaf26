import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { deleteFlowSchedule, findFlowSchedule, insertFlowSchedule } from "#lib/db/flow-schedules.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { nextTime } from "#lib/engine/schedule/next-time.ts";

/**
 * Makes the flow start on its trigger's events, or at the due times of its schedule from now on, by this version and no
 * other.
 */
export async function setFlowTrigger(
  workspaceId: WorkspaceId,
  flowId: string,
  versionId: string,
  trigger: FlowDefinition["trigger"],
  db: Db,
): Promise<void> {
  const before = await findFlowSchedule(workspaceId, flowId, db);
  await deleteFlowTriggers(workspaceId, flowId, db);
  if (trigger.schedule !== undefined) {
    const { cron, zone, missed } = trigger.schedule;
    // A due time that nobody came to yet stays due; one before the flow went on is none.
    const isSame = before !== null && before.cron === cron && before.zone === zone;
    const nextAt = isSame ? before.nextAt : nextTime({ cron, zone }, databaseNow());
    await insertFlowSchedule({ flowId, workspaceId, versionId, cron, zone, missed, nextAt }, db);
  }
  if (trigger.endpointId === null) return;
  await db.flowTrigger.create({
    data: { endpointId: trigger.endpointId, flowId, versionId, workspaceId, eventTypes: trigger.eventTypes },
  });
}

/** Makes no event and no schedule start the flow. */
export async function deleteFlowTriggers(workspaceId: WorkspaceId, flowId: string, db: Db): Promise<void> {
  await db.flowTrigger.deleteMany({ where: { workspaceId, flowId } });
  await deleteFlowSchedule(workspaceId, flowId, db);
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
