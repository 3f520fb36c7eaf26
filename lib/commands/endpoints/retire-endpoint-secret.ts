import { changedEndpoint, getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { retireEndpointSecret as retire } from "#lib/db/endpoint-secrets.ts";
import { changeEndpoint } from "#lib/db/endpoints.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";

/**
 * Retires a signing secret: what is signed with it is refused from now on. Retiring the last one does not turn
 * verification off: everything is refused until another is added or the owner turns it off.
 */
export async function retireEndpointSecret(
  actor: Actor,
  endpointId: string,
  secretId: string,
  now: Date = databaseNow(),
): Promise<void> {
  authorize(actor, "endpoint.edit");
  await inTransaction(async (db) => {
    await getLiveEndpoint(actor, endpointId, db);
    if (!isUuid(secretId) || !(await retire(actor.workspaceId, endpointId, secretId, now, db)))
      throw new NotFoundError("secret");
    await changeEndpoint(actor.workspaceId, endpointId, {}, {}, db);
    await insertAuditEntry(actor, "endpoint.secret.retire", { kind: "endpoint", id: endpointId }, { secretId }, db);
  });
  changedEndpoint(actor, endpointId);
}
