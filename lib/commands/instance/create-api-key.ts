import { z } from "zod";
import { type Actor, authorize, ForbiddenError } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { isAtLeast, ROLES } from "#lib/core/roles.ts";
import { insertApiKey } from "#lib/db/api-keys.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { apiKeyPrefix, hashToken, newApiKeyText } from "#lib/platform/api-key-text.ts";

/** A new key's name and role. */
export const apiKeyInputSchema = z.strictObject({
  name: z.string().trim().min(1, "Give the key a name.").max(80),
  role: z.enum(ROLES),
});

/**
 * Makes an API key with a role no higher than its maker's; the returned `key` is shown this once and cannot be had
 * again. Only people make keys: a key cannot.
 */
export async function createApiKey(actor: Actor, input: unknown): Promise<{ id: string; key: string }> {
  authorize(actor, "apiKey.edit");
  const { name, role } = parseInput(apiKeyInputSchema, input);
  if (actor.kind !== "user" || !isAtLeast(actor.role, role)) throw new ForbiddenError("apiKey.edit");
  const [id, key] = [newId(), newApiKeyText()];
  await inTransaction(async (db) => {
    const row = { id, name, role, prefix: apiKeyPrefix(key), hash: hashToken(key), createdBy: actor.id };
    await insertApiKey(actor.workspaceId, row, db);
    await insertAuditEntry(actor, "apiKey.create", { kind: "apiKey", id }, { name, role }, db);
  });
  return { id, key };
}
