import type { WorkspaceId } from "#lib/core/ids.ts";
import type { Verification } from "#lib/core/states.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** The endpoint that an event, or a request that made none, came to; null when this workspace has no such thing. */
export async function findEndpointOf(
  workspaceId: WorkspaceId,
  kind: "event" | "request",
  id: string,
  db: Db = prisma(),
): Promise<string | null> {
  const query = { where: { workspaceId, id }, select: { endpointId: true } } as const;
  const row = kind === "event" ? await db.event.findFirst(query) : await db.request.findFirst(query);
  return row?.endpointId ?? null;
}

/** Whether an event of the workspace was verified; null when there is none. */
export async function findVerification(
  workspaceId: WorkspaceId,
  eventId: string,
  db: Db = prisma(),
): Promise<Verification | null> {
  const row = await db.event.findFirst({ where: { workspaceId, id: eventId }, select: { verification: true } });
  return row === null ? null : (row.verification as Verification);
}
