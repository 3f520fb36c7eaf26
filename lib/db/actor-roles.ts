import type { Actor } from "#lib/core/actor.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { Role } from "#lib/core/roles.ts";
import { findKeyRole } from "#lib/db/api-keys.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/**
 * What somebody who asked for something earlier may do in the workspace today; null for a member who left, a key that
 * was revoked or whose maker left, and whatever is neither.
 */
export async function findActorRole(
  workspaceId: WorkspaceId,
  actor: { kind: Actor["kind"]; id: string },
  db: Db = prisma(),
): Promise<Role | null> {
  if (actor.kind === "apiKey") return findKeyRole(workspaceId, actor.id, db);
  if (actor.kind !== "user") return null;
  const member = await db.member.findFirst({
    where: { workspaceId, userId: actor.id, workspace: { deletedAt: null } },
    select: { role: true },
  });
  return member === null ? null : (member.role as Role);
}
