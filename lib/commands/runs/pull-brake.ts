import { z } from "zod";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { insertBrake } from "#lib/db/brakes.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/** Why the brake is pulled, for those who find it on. */
export const pullBrakeSchema = z.strictObject({ reason: z.string().trim().max(200).default("") });

/**
 * Puts the workspace's brake on: events are received, and no run begins or sends anything until it is let through.
 * Workers know within two seconds; what is under way comes to its end. Nothing changes where it is on already.
 */
export async function pullBrake(actor: Actor, input: unknown = {}): Promise<void> {
  authorize(actor, "brake.pull");
  const { reason } = parseInput(pullBrakeSchema, input);
  await inTransaction(async (db) => {
    if (!(await insertBrake(actor.workspaceId, reason, db))) return;
    await insertAuditEntry(actor, "brake.pull", { kind: "workspace", id: actor.workspaceId }, { reason }, db);
  });
  announce(actor.workspaceId, "runs");
}
