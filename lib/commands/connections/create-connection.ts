import { readConnectionInput } from "#lib/commands/connections/read-connection-input.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { insertConnection } from "#lib/db/connections.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/**
 * Stores a new connection; its secrets are sealed and never shown again. Throws InvalidInputError naming the fields.
 */
export async function createConnection(actor: Actor, input: unknown): Promise<{ id: string }> {
  authorize(actor, "connection.edit");
  const { name, kind, config, secrets } = readConnectionInput(input, null);
  const made = await inTransaction(async (db) => {
    const id = await insertConnection(actor.workspaceId, { kind: kind.id, name, config, secrets }, db);
    await insertAuditEntry(actor, "connection.create", { kind: "connection", id }, { name, kind: kind.id, config }, db);
    return { id };
  });
  announce(actor.workspaceId, "connections");
  return made;
}
