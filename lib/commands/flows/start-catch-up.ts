import { flowIsOff, missedChoiceSchema, missedQuery, planCatchUp } from "#lib/commands/flows/missed-choice.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { type CatchUp, cancelCatchUp, findLastCatchUp, insertCatchUp, type NewCatchUp } from "#lib/db/catch-ups.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { findFlow, lockFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import type { Db } from "#lib/db/prisma.ts";
import { continueCatchUp } from "#lib/upkeep/continue-catch-up.ts";

/**
 * Starts runs for events a live flow missed. Pressed again, or twice at once, it starts nothing twice: while a catch-up
 * of the flow is under way that one is returned. Null when nothing of the choice is left. Throws NotFoundError,
 * InvalidInputError, ConflictError "flow-off".
 */
export async function startCatchUp(
  actor: Actor,
  flowId: string,
  input: unknown,
  now: Date = databaseNow(),
): Promise<CatchUp | null> {
  authorize(actor, "run.replay");
  const choice = parseInput(missedChoiceSchema, input);
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  if (!flow.on || flow.liveVersion === null) throw flowIsOff();
  const version = await findFlowVersionById(actor.workspaceId, flow.liveVersion.id);
  if (version === null) throw new NotFoundError("version");
  const query = missedQuery(flow, version.definition.trigger, now);
  const plan = await planCatchUp(actor.workspaceId, query, version.id, choice);
  const noted = await inTransaction(async (db) => {
    const locked = await lockFlow(actor.workspaceId, flowId, {}, db);
    if (locked === null) throw new NotFoundError("flow");
    if (!locked.on) throw flowIsOff();
    if (locked.liveVersion?.id !== version.id) throw publishedMeanwhile();
    return noteCatchUp(actor, plan, db);
  });
  return beginCatchUp(noted);
}

/**
 * Writes down, under the flow's lock, what is to be started; what is under way already stays. Null where there is
 * nothing to start.
 */
export async function noteCatchUp(actor: Actor, plan: NewCatchUp | null, db: Db): Promise<CatchUp | null> {
  if (plan === null) return null;
  authorize(actor, "run.replay");
  const before = await findLastCatchUp(actor.workspaceId, plan.flowId, db);
  if (before?.state === "running") return before;
  const noted = await insertCatchUp(actor.workspaceId, plan, db);
  const detail = { catchUp: noted.id, choice: plan.choice, runs: plan.total };
  await insertAuditEntry(actor, "flow.catchUp", { kind: "flow", id: plan.flowId }, detail, db);
  return noted;
}

/** Starts the first runs of what was noted and committed; what is left goes on by itself, also in another process. */
export async function beginCatchUp(noted: CatchUp | null): Promise<CatchUp | null> {
  if (noted === null || noted.state !== "running") return noted;
  return (await continueCatchUp(noted.id)) ?? noted;
}

/**
 * Starts no further run of a flow's catch-up; those already started go on. Returns what was stopped, null when none was
 * under way. Throws NotFoundError.
 */
export async function stopCatchUp(actor: Actor, flowId: string, now: Date = databaseNow()): Promise<CatchUp | null> {
  authorize(actor, "run.cancel");
  const stopped = await inTransaction(async (db) => {
    if ((await lockFlow(actor.workspaceId, flowId, {}, db)) === null) throw new NotFoundError("flow");
    return noteStopped(actor, flowId, now, db);
  });
  if (stopped !== null) announce(actor.workspaceId, `flow:${flowId}`);
  return stopped;
}

/** Ends a flow's catch-up in the transaction of whatever else ends with it. */
export async function noteStopped(actor: Actor, flowId: string, now: Date, db: Db): Promise<CatchUp | null> {
  const stopped = await cancelCatchUp(actor.workspaceId, flowId, now, db);
  if (stopped === null) return null;
  const detail = { catchUp: stopped.id, started: stopped.started, left: stopped.total - stopped.started };
  await insertAuditEntry(actor, "flow.catchUp.cancel", { kind: "flow", id: flowId }, detail, db);
  return stopped;
}

/** Thrown where a newer version went live between looking and acting. */
export function publishedMeanwhile(): ConflictError {
  return new ConflictError("published-meanwhile", "Somebody published a new version just now. Look at it first.");
}
