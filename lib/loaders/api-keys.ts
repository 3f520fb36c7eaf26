import { requireActor } from "#lib/auth/require-actor.ts";
import { isAtLeast, may, ROLES, type Role } from "#lib/core/roles.ts";
import { type ApiKey, listApiKeys } from "#lib/db/api-keys.ts";

/**
 * The workspace's API keys, those in use first, and the roles one may give to a new one; null for who may not see them.
 */
export async function loadApiKeys(): Promise<{ active: ApiKey[]; revoked: ApiKey[]; roles: Role[] } | null> {
  const actor = await requireActor();
  if (!may(actor.role, "apiKey.edit")) return null;
  const keys = await listApiKeys(actor.workspaceId);
  return {
    active: keys.filter((key) => key.revokedAt === null),
    revoked: keys.filter((key) => key.revokedAt !== null),
    roles: ROLES.filter((role) => isAtLeast(actor.role, role)),
  };
}
