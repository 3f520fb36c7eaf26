import { z } from "zod";
import { releaseForHosts } from "#lib/commands/connections/release-for-hosts.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findConnection, updateConnection } from "#lib/db/connections.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { allowedHosts, hostsOf, readHostEntry } from "#lib/engine/connections/allowed-hosts.ts";
import { findConnectionKind } from "#lib/engine/connections/connection-kinds.ts";

/** A host to add to what a connection may be used with, as its list is written. */
export const allowConnectionHostSchema = z.strictObject({ host: z.string().max(300) });

/**
 * Lets a connection's secret go to one more host, and lets runs go on that waited for it; returns how many. Allowing
 * what is allowed already changes nothing. Throws NotFoundError, InvalidInputError, and ConflictError "no-hosts" for a
 * kind whose secrets go to its own server alone.
 */
export async function allowConnectionHost(
  actor: Actor,
  id: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<{ released: number }> {
  authorize(actor, "connection.edit");
  const { host } = parseInput(allowConnectionHostSchema, input);
  const entry = readHostEntry(host);
  if (entry === null || entry === "*")
    throw new InvalidInputError([{ field: "host", message: "Write one host, such as api.acme.dev." }]);
  await changeHosts(actor, id, now, (hosts) => (hosts.includes(entry) ? null : [...hosts, entry]));
  return { released: await releaseForHosts(actor, id, [entry]) };
}

/** The hosts a connection is narrowed to. */
export const limitConnectionHostsSchema = z.strictObject({ hosts: allowedHosts });

/** Narrows a connection that may be used with any host to the given ones, without its secret being entered again. */
export async function limitConnectionHosts(
  actor: Actor,
  id: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<void> {
  authorize(actor, "connection.edit");
  const { hosts } = parseInput(limitConnectionHostsSchema, input);
  await changeHosts(actor, id, now, (before) => {
    if (before.includes("*")) return hosts;
    throw new ConflictError(
      "hosts-are-limited",
      "This connection is limited to hosts already. Change them in its form.",
    );
  });
}

async function changeHosts(
  actor: Actor,
  id: string,
  now: Date,
  change: (hosts: string[]) => string[] | null,
): Promise<void> {
  await inTransaction(async (db) => {
    await lockInTransaction(`connection:${id}`, db);
    const connection = isUuid(id) ? await findConnection(actor.workspaceId, id, {}, db) : null;
    if (connection === null) throw new NotFoundError("connection");
    const kind = findConnectionKind(connection.kind);
    if (kind === null || !("hosts" in kind.config.shape))
      throw new ConflictError("no-hosts", `"${connection.name}" can be used with its own server only.`);
    const before = hostsOf(connection.config);
    const hosts = change(before);
    if (hosts === null) return;
    const checked = parseInput(z.object({ hosts: allowedHosts }), { hosts });
    const config: JsonObject = { ...connection.config, hosts: checked.hosts };
    const kept = { name: connection.name, config, secrets: null, newVersion: false, now };
    await updateConnection(actor.workspaceId, id, kept, db);
    const detail = { before, hosts: checked.hosts };
    await insertAuditEntry(actor, "connection.hosts", { kind: "connection", id }, detail, db);
  });
  announce(actor.workspaceId, "connections");
}
