import type { WorkspaceId } from "#lib/core/ids.ts";
import type { Db } from "#lib/db/prisma.ts";

/** Whether the bytes of an event are still kept. */
export async function isEventPayloadKept(workspaceId: WorkspaceId, eventId: string, db: Db): Promise<boolean> {
  return (await db.eventPayload.count({ where: { workspaceId, eventId } })) === 1;
}

/** The flow a version belongs to, or null when the workspace has no such version. */
export async function findFlowIdOfVersion(workspaceId: WorkspaceId, versionId: string, db: Db): Promise<string | null> {
  const row = await db.flowVersion.findFirst({ where: { workspaceId, id: versionId }, select: { flowId: true } });
  return row?.flowId ?? null;
}

/**
 * The body a run had instead of its event's, as JSON text; null when it had none of its own or it is past retention.
 */
export async function findOwnBody(workspaceId: WorkspaceId, runId: string, db: Db): Promise<string | null> {
  const run = await db.run.findFirst({ where: { workspaceId, id: runId }, select: { triggerDataId: true } });
  if (run?.triggerDataId == null) return null;
  const row = await db.stepData.findFirst({ where: { workspaceId, id: run.triggerDataId }, select: { data: true } });
  return row?.data ?? null;
}
