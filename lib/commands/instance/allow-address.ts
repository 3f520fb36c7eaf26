import { z } from "zod";
import { releaseHeldRuns } from "#lib/commands/runs/release-held-runs.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { isJsonObject } from "#lib/core/json.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { insertEgressPermission, listEgressPermissions, revokeEgressPermission } from "#lib/db/egress-permissions.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import { canonicalAddress, classifyAddress } from "#lib/platform/egress/classify-address.ts";
import { hostAndPort } from "#lib/platform/egress/egress-rules.ts";
import { env } from "#lib/platform/env.ts";
import { forgetEgressRules } from "#lib/running/effect-ports.ts";

/** A private address and port to open, with a note for those who come later. */
export const allowAddressSchema = z.strictObject({
  address: z.string().trim().max(64),
  port: z.int("A port is a whole number.").min(1, "A port is at least 1.").max(65_535, "A port is at most 65535."),
  note: z.string().trim().max(200).default(""),
});

const PERMISSIONS_MAX = 200;

/**
 * Opens one private address and port for the workspace's calls. Never a metadata address, never anything but a plain
 * address, and nothing at all when the operator locked egress. Allowing what is allowed already gives the same
 * permission.
 */
export async function allowAddress(actor: Actor, input: unknown): Promise<{ id: string; released: number }> {
  authorize(actor, "egress.edit");
  const { address: written, port, note } = parseInput(allowAddressSchema, input);
  const address = check(written, port);
  const id = await inTransaction(async (db) => {
    await lockInTransaction(`egress:${actor.workspaceId}`, db);
    const held = await listEgressPermissions(actor.workspaceId, {}, db);
    const same = held.find((one) => one.address === address && one.port === port);
    if (same !== undefined) return same.id;
    if (held.length >= PERMISSIONS_MAX)
      throw new ConflictError(
        "too-many-permissions",
        `A workspace has at most ${PERMISSIONS_MAX} permissions. Revoke one first.`,
      );
    const made = await insertEgressPermission(
      actor.workspaceId,
      { address, port, note, createdBy: actor.kind === "user" ? actor.id : null },
      db,
    );
    await insertAuditEntry(actor, "egress.allow", { kind: "egressPermission", id: made }, { address, port, note }, db);
    return made;
  });
  forgetEgressRules(actor.workspaceId);
  const released = await releaseHeldRuns(actor, "egress-private-address", ({ refusal }) => {
    if (!isJsonObject(refusal) || typeof refusal.address !== "string") return false;
    return refusal.port === port && canonicalAddress(refusal.address) === address;
  });
  return { id, released };
}

/** Closes what a permission opened. Throws NotFoundError. */
export async function revokeAddress(actor: Actor, id: string, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "egress.edit");
  await inTransaction(async (db) => {
    const revoked = isUuid(id) ? await revokeEgressPermission(actor.workspaceId, id, now, db) : null;
    if (revoked === null) throw new NotFoundError("permission");
    await insertAuditEntry(
      actor,
      "egress.revoke",
      { kind: "egressPermission", id },
      { address: revoked.address, port: revoked.port },
      db,
    );
  });
  forgetEgressRules(actor.workspaceId);
}

function check(written: string, port: number): string {
  if (env().egressLocked)
    throw new ConflictError(
      "egress-locked",
      "The operator of this instance decides which private addresses may be called (HOOKLINE_EGRESS_LOCKED).",
    );
  const refuse = (message: string): never => {
    throw new InvalidInputError([{ field: "address", message }]);
  };
  const address = canonicalAddress(written) ?? refuse("Write one IP address, such as 192.168.1.10.");
  const found = classifyAddress(address);
  if (found.kind === "metadata") refuse(`${address} is ${found.what}; it can never be allowed.`);
  if (found.kind === "odd") refuse(`${address} is ${found.what}; it cannot be allowed.`);
  if (found.kind === "public") refuse(`${address} is public; it needs no permission.`);
  if (isOwnDatabase(address, port))
    refuse(`${hostAndPort(address, port)} is Hookline's own database; it cannot be allowed.`);
  return address;
}

function isOwnDatabase(address: string, port: number): boolean {
  const text = env().databaseUrl;
  if (text === undefined || !URL.canParse(text)) return false;
  const url = new URL(text);
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isLocal = host === "" || host === "localhost" || host.startsWith("127.") || host === "::1";
  const isSameHost = host === address || (isLocal && (address.startsWith("127.") || address === "::1"));
  return isSameHost && Number(url.port || 5432) === port;
}
