import { z } from "zod";
import { getRunnableFlow } from "#lib/commands/runs/by-hand-source.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { MIB } from "#lib/core/units.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { insertOwnEventOnce } from "#lib/db/flow-schedules.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/** What a run by hand is given: JSON text, kept as it is written; expressions read it as `trigger.body`. */
export const runNowSchema = z.strictObject({
  body: z
    .string()
    .max(1 * MIB, "A body has at most 1 MiB.")
    .refine(isJson, "This is not JSON.")
    .default("{}"),
});

/**
 * Starts the live version of a flow without an endpoint now, on or off. Throws NotFoundError, InvalidInputError,
 * ConflictError "never-published" or "has-endpoint".
 */
export async function runNow(
  actor: Actor,
  flowId: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<{ eventId: string; runId: string }> {
  authorize(actor, "run.replay");
  const { body } = parseInput(runNowSchema, input);
  const { flow, version } = await getRunnableFlow(actor, flowId);
  if (version.definition.trigger.kind === undefined)
    throw new ConflictError("has-endpoint", "This flow starts from an endpoint's events: run one of those through it.");
  const at = { workspaceId: actor.workspaceId, flowId: flow.id, versionId: version.id, at: now };
  const started = await inTransaction(async (db) => {
    const key = `manual:${newId(now)}`;
    const made = await insertOwnEventOnce({ ...at, key, eventType: "manual", body, runKind: "test" }, db);
    if (made === null) throw new Error("a new key was there already");
    await insertAuditEntry(actor, "run.now", { kind: "flow", id: flow.id }, { run: made.runId }, db);
    return made;
  });
  announce(actor.workspaceId, "runs");
  return started;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return text.isWellFormed();
  } catch {
    return false;
  }
}
