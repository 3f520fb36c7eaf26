import { insertOwner, SETUP_LOCK } from "#lib/commands/instance/create-owner.ts";
import { newId } from "#lib/core/ids.ts";
import { insertApiKey } from "#lib/db/api-keys.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import { deleteSetupToken } from "#lib/db/setup-token.ts";
import { countUsers, normalizeEmail } from "#lib/db/users.ts";
import { apiKeyPrefix, hashToken } from "#lib/platform/api-key-text.ts";
import { env } from "#lib/platform/env.ts";
import { hashPassword } from "#lib/platform/password-hash.ts";

/** The first owner of an unattended set-up, from HOOKLINE_ADMIN_*. */
export type BootstrapSettings = {
  adminEmail?: string | undefined;
  adminPassword?: string | undefined;
  adminApiKey?: string | undefined;
};

/**
 * Makes the owner, a workspace and, when given, an owner's API key on a database without any account; on any other it
 * changes nothing, so every process may call it at every start.
 */
export async function bootstrapInstance(settings: BootstrapSettings = env()): Promise<"made" | "nothing to do"> {
  const { adminEmail, adminPassword, adminApiKey } = settings;
  if (adminEmail === undefined || adminPassword === undefined || (await countUsers()) > 0) return "nothing to do";
  const passwordHash = await hashPassword(adminPassword);
  return inTransaction(async (db) => {
    await lockInTransaction(SETUP_LOCK, db);
    if ((await countUsers(db)) > 0) return "nothing to do";
    const actor = await insertOwner(normalizeEmail(adminEmail), passwordHash, db);
    if (adminApiKey !== undefined) {
      const id = newId();
      const key = {
        id,
        name: "HOOKLINE_ADMIN_API_KEY",
        prefix: apiKeyPrefix(adminApiKey),
        hash: hashToken(adminApiKey),
      };
      await insertApiKey(actor.workspaceId, { ...key, role: "owner", createdBy: actor.id }, db);
      await insertAuditEntry(actor, "apiKey.create", { kind: "apiKey", id }, { name: key.name, role: "owner" }, db);
    }
    await deleteSetupToken(db);
    return "made";
  });
}
