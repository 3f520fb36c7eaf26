import type { Actor } from "#lib/core/actor.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findUserWithMemberships } from "#lib/db/users.ts";

/** Records something that happened to an account in the audit log of every workspace it belongs to. */
export async function auditAccount(userId: string, by: Pick<Actor, "kind" | "id">, action: string): Promise<void> {
  const user = await findUserWithMemberships(userId);
  for (const { workspaceId, role } of user?.memberships ?? [])
    await insertAuditEntry({ ...by, workspaceId, role }, action, { kind: "user", id: userId });
}
