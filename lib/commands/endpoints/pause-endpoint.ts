import { changedEndpoint, getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeEndpoint } from "#lib/db/endpoints.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";

/** Pauses an endpoint: events are still taken and stored, and run when it is resumed. Pausing twice changes nothing. */
export async function pauseEndpoint(actor: Actor, endpointId: string, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "endpoint.edit");
  await inTransaction(async (db) => {
    const endpoint = await getLiveEndpoint(actor, endpointId, db);
    if (endpoint.pausedAt !== null) return;
    await changeEndpoint(actor.workspaceId, endpointId, { pausedAt: now }, {}, db);
    await insertAuditEntry(actor, "endpoint.pause", { kind: "endpoint", id: endpointId }, {}, db);
  });
  changedEndpoint(actor, endpointId);
}
