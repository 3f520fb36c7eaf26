import { readConnectionInput } from "#lib/commands/connections/read-connection-input.ts";
import { releaseForHosts } from "#lib/commands/connections/release-for-hosts.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findOpenConnection, updateConnection as replaceConnection } from "#lib/db/connections.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { hostsOf } from "#lib/engine/connections/allowed-hosts.ts";

/**
 * Replaces a connection's name, settings and secrets; secrets left out stay. Steps planned before keep working with the
 * new secret, unless a setting changed that their frozen bytes depend on, and those that waited for a host that it may
 * be used with now go on. Throws NotFoundError, InvalidInputError.
 */
export async function updateConnection(
  actor: Actor,
  id: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<void> {
  authorize(actor, "connection.edit");
  const hosts = await inTransaction(async (db) => {
    await lockInTransaction(`connection:${id}`, db);
    const stored = isUuid(id) ? await findOpenConnection(actor.workspaceId, id, db) : null;
    if (stored === null) throw new NotFoundError("connection");
    const { name, kind, config, secrets } = readConnectionInput(input, stored);
    const changedSecrets = Object.keys(secrets).filter((field) => secrets[field] !== (stored.secrets[field] ?? ""));
    const newVersion = kind.frozenFields.some(
      (field) => JSON.stringify(stored.config[field]) !== JSON.stringify(config[field]),
    );
    await replaceConnection(actor.workspaceId, id, { name, config, secrets, newVersion, now }, db);
    await insertAuditEntry(
      actor,
      "connection.update",
      { kind: "connection", id },
      { name, config, changedSecrets },
      db,
    );
    return hostsOf(config);
  });
  announce(actor.workspaceId, "connections");
  await releaseForHosts(actor, id, hosts);
}
