import { changedEndpoint, getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeEndpoint } from "#lib/db/endpoints.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { type Released, releaseParkedEvents } from "#lib/db/release-parked.ts";

/**
 * Resumes a paused endpoint and starts the runs of everything that was parked. An event that was being stored at this
 * very moment may still park; `keepReleasingParked` starts it within seconds.
 */
export async function resumeEndpoint(actor: Actor, endpointId: string): Promise<Released> {
  authorize(actor, "endpoint.edit");
  await inTransaction(async (db) => {
    const endpoint = await getLiveEndpoint(actor, endpointId, db);
    if (endpoint.pausedAt === null) return;
    await changeEndpoint(actor.workspaceId, endpointId, { pausedAt: null }, {}, db);
    await insertAuditEntry(actor, "endpoint.resume", { kind: "endpoint", id: endpointId }, {}, db);
  });
  const released = await releaseParkedEvents(endpointId);
  changedEndpoint(actor, endpointId);
  announce(actor.workspaceId, "runs");
  return released;
}
