import { changedEndpoint, getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { DAY } from "#lib/core/units.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeEndpoint, findEndpoint } from "#lib/db/endpoints.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";

/** Days during which a deleted endpoint can be brought back. */
export const RESTORE_DAYS = 30;

/**
 * Deletes an endpoint softly: its address answers 404 from now on, its history stays, and it can be brought back for 30
 * days.
 */
export async function deleteEndpoint(actor: Actor, endpointId: string, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "endpoint.edit");
  await inTransaction(async (db) => {
    await getLiveEndpoint(actor, endpointId, db);
    await changeEndpoint(actor.workspaceId, endpointId, { deletedAt: now }, {}, db);
    await insertAuditEntry(actor, "endpoint.delete", { kind: "endpoint", id: endpointId }, {}, db);
  });
  changedEndpoint(actor, endpointId);
}

/**
 * Brings a deleted endpoint back with the address it had. Throws NotFoundError when there is none or it is too late.
 */
export async function restoreEndpoint(actor: Actor, endpointId: string, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "endpoint.edit");
  await inTransaction(async (db) => {
    const endpoint = isUuid(endpointId) ? await findEndpoint(actor.workspaceId, endpointId, db) : null;
    const since = endpoint?.deletedAt ?? null;
    if (endpoint === null || (since !== null && now.getTime() - since.getTime() > RESTORE_DAYS * DAY))
      throw new NotFoundError("endpoint");
    if (since === null) return;
    await changeEndpoint(actor.workspaceId, endpointId, { deletedAt: null }, {}, db);
    await insertAuditEntry(actor, "endpoint.restore", { kind: "endpoint", id: endpointId }, {}, db);
  });
  changedEndpoint(actor, endpointId);
}
