import { describeProblems, findFlowProblems } from "#lib/commands/flows/find-flow-problems.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { deleteFlowTriggers, setFlowTrigger } from "#lib/db/flow-triggers.ts";
import { findFlowVersionById } from "#lib/db/flow-versions.ts";
import { type Flow, findFlow, lockFlow, updateFlow } from "#lib/db/flows.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";

/**
 * Makes the published version run for every event again. Throws NotFoundError; ConflictError "never-published";
 * InvalidInputError when something the version needs has been deleted meanwhile.
 */
export async function turnFlowOn(actor: Actor, flowId: string): Promise<void> {
  authorize(actor, "flow.switch");
  const { liveVersion } = await getFlow(actor, flowId);
  if (liveVersion === null)
    throw new ConflictError("never-published", "Publish the flow first; publishing turns it on.");
  const version = await findFlowVersionById(actor.workspaceId, liveVersion.id);
  if (version === null) throw new NotFoundError("version");
  // What was published may run on: only what it needs and has lost since is a reason against it.
  const problems = (await findFlowProblems(actor.workspaceId, version.definition)).filter(({ code }) => LOST.has(code));
  if (problems.length > 0) throw new InvalidInputError(describeProblems(problems));
  await inTransaction(async (db) => {
    const flow = await lockFlow(actor.workspaceId, flowId, {}, db);
    if (flow === null) throw new NotFoundError("flow");
    if (flow.liveVersion?.id !== version.id)
      throw new ConflictError("published-meanwhile", "Somebody published a new version just now. Look at it first.");
    await updateFlow(actor.workspaceId, flowId, { on: true }, db);
    await setFlowTrigger(actor.workspaceId, flowId, version.id, version.definition.trigger, db);
    if (!flow.on)
      await insertAuditEntry(actor, "flow.on", { kind: "flow", id: flowId }, { version: version.number }, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
}

const LOST: ReadonlySet<string> = new Set([
  "endpoint-gone",
  "connection-gone",
  "wrong-kind",
  "unknown-kind",
  "unknown-action",
]);

/** Makes no event start the flow; runs under way finish, events are kept. Throws NotFoundError. */
export async function turnFlowOff(actor: Actor, flowId: string): Promise<void> {
  authorize(actor, "flow.switch");
  await inTransaction(async (db) => {
    const flow = await lockFlow(actor.workspaceId, flowId, {}, db);
    if (flow === null) throw new NotFoundError("flow");
    await updateFlow(actor.workspaceId, flowId, { on: false }, db);
    await deleteFlowTriggers(actor.workspaceId, flowId, db);
    if (flow.on) await insertAuditEntry(actor, "flow.off", { kind: "flow", id: flowId }, {}, db);
  });
  announce(actor.workspaceId, `flow:${flowId}`);
}

async function getFlow(actor: Actor, flowId: string): Promise<Flow> {
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  return flow;
}
