import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { Role } from "#lib/core/roles.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** Makes a workspace with its first member; returns its id. */
export async function insertWorkspace(
  workspace: { name: string; firstMember: { userId: string; role: Role } },
  db: Db = prisma(),
): Promise<WorkspaceId> {
  const id = newId() as WorkspaceId;
  const { userId, role } = workspace.firstMember;
  await db.workspace.create({ data: { id, name: workspace.name, members: { create: { userId, role } } } });
  return id;
}
