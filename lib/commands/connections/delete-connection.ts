import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { setConnectionDeleted } from "#lib/db/connections.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/**
 * Deletes a connection softly: steps that use it fail before sending anything until restoreConnection brings it back.
 */
export async function deleteConnection(actor: Actor, id: string, now: Date = databaseNow()): Promise<void> {
  await change(actor, id, now, "connection.delete");
}

/** Brings a deleted connection back as it was. Throws NotFoundError when there is no such deleted one. */
export async function restoreConnection(actor: Actor, id: string): Promise<void> {
  await change(actor, id, null, "connection.restore");
}

async function change(actor: Actor, id: string, deletedAt: Date | null, action: string): Promise<void> {
  authorize(actor, "connection.edit");
  await inTransaction(async (db) => {
    if (!isUuid(id) || !(await setConnectionDeleted(actor.workspaceId, id, deletedAt, db)))
      throw new NotFoundError("connection");
    await insertAuditEntry(actor, action, { kind: "connection", id }, {}, db);
  });
  announce(actor.workspaceId, "connections");
}
