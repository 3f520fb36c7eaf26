import { findFlowProblems } from "#lib/commands/flows/find-flow-problems.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { findFlow } from "#lib/db/flows.ts";
import type { FlowProblem } from "#lib/engine/check-flow.ts";

/** Everything that stops a flow's draft from being published; empty when nothing does. Throws NotFoundError. */
export async function checkDraft(actor: Actor, flowId: string): Promise<FlowProblem[]> {
  authorize(actor, "workspace.read");
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  return findFlowProblems(actor.workspaceId, flow.draft);
}
