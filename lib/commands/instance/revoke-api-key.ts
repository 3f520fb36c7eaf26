import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { revokeApiKeyRow } from "#lib/db/api-keys.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";

/** Ends an API key for good; it stops working within 3 s everywhere. Throws NotFoundError. */
export async function revokeApiKey(actor: Actor, id: string, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "apiKey.edit");
  await inTransaction(async (db) => {
    if (!(await revokeApiKeyRow(actor.workspaceId, id, now, db))) throw new NotFoundError("API key");
    await insertAuditEntry(actor, "apiKey.revoke", { kind: "apiKey", id }, {}, db);
  });
}
