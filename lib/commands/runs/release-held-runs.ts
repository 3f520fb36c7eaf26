import type { Actor } from "#lib/core/actor.ts";
import { isJsonObject, type Json, type JsonObject } from "#lib/core/json.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { changeSteps, type StepChange } from "#lib/db/change-steps.ts";
import { listHeldSteps } from "#lib/db/held-steps.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { lockRun, queueRunAgain } from "#lib/db/runs.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import type { HeldCode } from "#lib/engine/held-codes.ts";

/** Steps looked at when something is allowed; runs beyond them are tried again by hand. */
const STEPS_MAX = 1_000;

/**
 * Lets runs go on that waited for what was just allowed, with the same bytes and keys; returns how many. `isAllowed`
 * reads what is kept of the refusal. The caller has authorized allowing it.
 */
export async function releaseHeldRuns(
  actor: Actor,
  code: HeldCode,
  isAllowed: (refused: JsonObject) => boolean,
): Promise<number> {
  const held = await listHeldSteps(actor.workspaceId, [code], STEPS_MAX);
  const released = held.filter(({ answer: json }) => {
    const answer = JSON.parse(json) as Json;
    return isJsonObject(answer) && isAllowed(answer);
  });
  let count = 0;
  for (const [runId, steps] of Map.groupBy(released, (step) => step.runId))
    if (await release(actor, runId, new Set(steps.map((step) => step.path)))) count += 1;
  if (count > 0) announce(actor.workspaceId, "runs");
  return count;
}

/** False when somebody else has decided meanwhile, or a worker is on it. */
async function release(actor: Actor, runId: string, paths: ReadonlySet<string>): Promise<boolean> {
  const done = await inTransaction(async (db) => {
    const run = await lockRun(actor.workspaceId, runId, db);
    if (run === null || run.leased || run.status !== "needs a decision") return false;
    const waiting = (await listStepRuns(actor.workspaceId, runId, db)).filter(
      (step) => paths.has(step.path) && step.status === "needs a decision",
    );
    if (waiting.length === 0) return false;
    const again: StepChange = { status: "queued" };
    await changeSteps(actor.workspaceId, runId, new Map(waiting.map(({ path }) => [path, again])), db);
    await queueRunAgain(actor.workspaceId, runId, db);
    const detail = { steps: waiting.map((step) => step.path), decision: "allowed" };
    await insertAuditEntry(actor, "run.decide", { kind: "run", id: runId }, detail, db);
    return true;
  });
  if (done) announce(actor.workspaceId, `run:${runId}`);
  return done;
}
