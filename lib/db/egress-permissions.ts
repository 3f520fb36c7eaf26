import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A private address and port that an owner or admin opened for the workspace. */
export type EgressPermission = {
  id: string;
  address: string;
  port: number;
  note: string;
  createdBy: string | null;
  createdAt: Date;
  revokedAt: Date | null;
};

/** The workspace's permissions, newest first; those that hold, unless `revoked` asks for the others. */
export async function listEgressPermissions(
  workspaceId: WorkspaceId,
  options: { revoked?: boolean; limit?: number } = {},
  db: Db = prisma(),
): Promise<EgressPermission[]> {
  return db.egressPermission.findMany({
    where: { workspaceId, revokedAt: options.revoked === true ? { not: null } : null },
    orderBy: { id: "desc" },
    take: options.limit ?? 500,
    omit: { workspaceId: true },
  });
}

/** Opens an address and port; returns the permission's id. */
export async function insertEgressPermission(
  workspaceId: WorkspaceId,
  permission: { address: string; port: number; note: string; createdBy: string | null },
  db: Db = prisma(),
): Promise<string> {
  const id = newId();
  await db.egressPermission.create({ data: { id, workspaceId, ...permission } });
  return id;
}

/** Closes what a permission opened; null when there is none that holds. */
export async function revokeEgressPermission(
  workspaceId: WorkspaceId,
  id: string,
  now: Date,
  db: Db = prisma(),
): Promise<EgressPermission | null> {
  const { count } = await db.egressPermission.updateMany({
    where: { workspaceId, id, revokedAt: null },
    data: { revokedAt: now },
  });
  return count === 0
    ? null
    : db.egressPermission.findFirst({ where: { workspaceId, id }, omit: { workspaceId: true } });
}
