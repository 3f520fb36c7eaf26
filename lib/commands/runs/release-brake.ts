import { z } from "zod";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { deleteBrake, releaseBrakeFor, setBrakeRate } from "#lib/db/brakes.ts";
import { findFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import type { Db } from "#lib/db/prisma.ts";

/** What is let go: everything, one flow, or so many runs a minute (null = none any more), oldest first. */
export const releaseBrakeSchema = z.discriminatedUnion("what", [
  z.strictObject({ what: z.literal("all") }),
  z.strictObject({ what: z.literal("flow"), flowId: z.uuid() }),
  z.strictObject({ what: z.literal("rate"), perMinute: z.int().min(1).max(60_000).nullable() }),
]);

/** One of these. */
export type BrakeRelease = z.infer<typeof releaseBrakeSchema>;

/**
 * Releases the workspace's brake, whole or in part. What waited goes on oldest first, flow by flow. Throws
 * InvalidInputError for a flow the workspace does not have, and ConflictError "brake-off" where only a part is to be
 * let go of a brake that is off.
 */
export async function releaseBrake(actor: Actor, input: unknown): Promise<void> {
  authorize(actor, "brake.release");
  const release = parseInput(releaseBrakeSchema, input);
  await inTransaction(async (db) => {
    if (!(await apply(actor, release, db))) {
      if (release.what === "all") return;
      throw new ConflictError("brake-off", "The brake is off.");
    }
    const { what: _what, ...detail } = release;
    await insertAuditEntry(actor, `brake.release.${release.what}`, workspaceOf(actor), detail, db);
  });
  announce(actor.workspaceId, "runs");
}

function workspaceOf(actor: Actor) {
  return { kind: "workspace", id: actor.workspaceId } as const;
}

async function apply({ workspaceId }: Actor, release: BrakeRelease, db: Db): Promise<boolean> {
  switch (release.what) {
    case "all":
      return deleteBrake(workspaceId, db);
    case "rate":
      return setBrakeRate(workspaceId, release.perMinute, db);
    case "flow": {
      const flow =
        (await findFlow(workspaceId, release.flowId, {}, db)) ??
        (await findFlow(workspaceId, release.flowId, { deleted: true }, db));
      if (flow === null)
        throw new InvalidInputError([{ field: "flowId", message: "This workspace has no such flow." }]);
      return releaseBrakeFor(workspaceId, release.flowId, db);
    }
  }
}
