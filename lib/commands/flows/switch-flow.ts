import { beginMissing } from "#lib/commands/flows/begin-missing.ts";
import { describeProblems, findFlowProblems } from "#lib/commands/flows/find-flow-problems.ts";
import { missedChoiceSchema, missedQuery, planCatchUp } from "#lib/commands/flows/missed-choice.ts";
import { beginCatchUp, noteCatchUp, publishedMeanwhile } from "#lib/commands/flows/start-catch-up.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import type { CatchUp } from "#lib/db/catch-ups.ts";
import { deleteFlowTriggers, setFlowTrigger } from "#lib/db/flow-triggers.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { type Flow, findFlow, lockFlow, updateFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/**
 * Makes the published version run for every event again, and for those it missed that are chosen (a `MissedChoice`;
 * none by default). Returns what is being started of these. Throws NotFoundError; ConflictError "never-published",
 * "published-meanwhile"; InvalidInputError when something the version needs has been deleted meanwhile.
 */
export async function turnFlowOn(
  actor: Actor,
  flowId: string,
  missed: unknown = { run: "none" },
  now: Date = databaseNow(),
): Promise<{ catchUp: CatchUp | null }> {
  authorize(actor, "flow.switch");
  const choice = parseInput(missedChoiceSchema, missed);
  const seen = await getFlow(actor, flowId);
  if (seen.liveVersion === null)
    throw new ConflictError("never-published", "Publish the flow first; publishing turns it on.");
  const version = await findFlowVersionById(actor.workspaceId, seen.liveVersion.id);
  if (version === null) throw new NotFoundError("version");
  // What was published may run on: only what it needs and has lost since is a reason against it.
  const problems = (await findFlowProblems(actor.workspaceId, version.definition)).filter(({ code }) => LOST.has(code));
  if (problems.length > 0) throw new InvalidInputError(describeProblems(problems));
  const { trigger } = version.definition;
  const plan = await planCatchUp(actor.workspaceId, missedQuery(seen, trigger, now), version.id, choice);
  const catchUp = await inTransaction(async (db) => {
    const flow = await lockFlow(actor.workspaceId, flowId, {}, db);
    if (flow === null) throw new NotFoundError("flow");
    if (flow.liveVersion?.id !== version.id) throw publishedMeanwhile();
    await setFlowTrigger(actor.workspaceId, flowId, version.id, trigger, db);
    if (!flow.on) {
      await updateFlow(actor.workspaceId, flowId, { on: true, offSince: null, missedTo: databaseNow() }, db);
      const detail = { version: version.number, missed: choice.run };
      await insertAuditEntry(actor, "flow.on", { kind: "flow", id: flowId }, detail, db);
    }
    return noteCatchUp(actor, plan, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
  announce(actor.workspaceId, "flows");
  return { catchUp: await beginCatchUp(catchUp) };
}

const LOST: ReadonlySet<string> = new Set([
  "endpoint-gone",
  "connection-gone",
  "wrong-kind",
  "unknown-kind",
  "unknown-action",
]);

/**
 * Makes no event start the flow, and no further one of those it missed; runs under way finish, events are kept. Throws
 * NotFoundError.
 */
export async function turnFlowOff(actor: Actor, flowId: string, now: Date = databaseNow()): Promise<void> {
  authorize(actor, "flow.turnOff");
  await inTransaction(async (db) => {
    const flow = await lockFlow(actor.workspaceId, flowId, {}, db);
    if (flow === null) throw new NotFoundError("flow");
    if (!flow.on) return;
    await insertAuditEntry(actor, "flow.off", { kind: "flow", id: flowId }, {}, db);
    const missed = await beginMissing(actor, flow, now, db);
    await deleteFlowTriggers(actor.workspaceId, flowId, db);
    await updateFlow(actor.workspaceId, flowId, { on: false, offSince: now, ...missed }, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
  announce(actor.workspaceId, "flows");
}

async function getFlow(actor: Actor, flowId: string): Promise<Flow> {
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  return flow;
}
