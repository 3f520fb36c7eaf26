import type { Actor } from "#lib/core/actor.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** What an audit entry is about. `id` is the thing's own id, or its name where it has none. */
export type AuditTarget = { kind: string; id: string };

/** One line of the audit log. */
export type AuditEntry = {
  id: string;
  actorKind: Actor["kind"];
  actorId: string | null;
  /** Dotted verb, such as "flow.publish". */
  action: string;
  target: AuditTarget;
  detail: JsonObject;
  at: Date;
};

/**
 * Records who did what to which thing; pass the open transaction of the change itself. `detail` never holds a secret.
 */
export async function insertAuditEntry(
  actor: Actor,
  action: string,
  target: AuditTarget,
  detail: JsonObject = {},
  db: Db = prisma(),
): Promise<void> {
  await db.auditEntry.create({
    data: {
      id: newId(),
      workspaceId: actor.workspaceId,
      actorKind: actor.kind,
      actorId: actor.id,
      action,
      targetKind: target.kind,
      targetId: target.id,
      detail: JSON.stringify(detail),
    },
  });
}

/** The newest entries of a workspace, newest first, before `beforeId` (exclusive) when given. */
export async function listAuditEntries(
  workspaceId: WorkspaceId,
  page: { limit: number; beforeId?: string },
  db: Db = prisma(),
): Promise<AuditEntry[]> {
  const rows = await db.auditEntry.findMany({
    where: { workspaceId, ...(page.beforeId === undefined ? {} : { id: { lt: page.beforeId } }) },
    orderBy: { id: "desc" },
    take: page.limit,
  });
  return rows.map((row) => ({
    id: row.id,
    actorKind: row.actorKind as Actor["kind"],
    actorId: row.actorId,
    action: row.action,
    target: { kind: row.targetKind, id: row.targetId },
    detail: JSON.parse(row.detail) as JsonObject,
    at: row.at,
  }));
}
