import { findFlowProblems } from "#lib/commands/flows/find-flow-problems.ts";
import { saveDraft } from "#lib/commands/flows/save-draft.ts";
import type { Actor } from "#lib/core/actor.ts";
import { findFlow } from "#lib/db/flows.ts";
import type { FlowProblem } from "#lib/engine/check-flow.ts";

/** Saves a draft like saveDraft and lists what still stops it from being published. Throws like saveDraft. */
export async function saveCheckedDraft(
  actor: Actor,
  flowId: string,
  input: unknown,
): Promise<{ revision: number; savedAt: Date; problems: FlowProblem[] }> {
  const saved = await saveDraft(actor, flowId, input);
  const flow = await findFlow(actor.workspaceId, flowId);
  return { ...saved, problems: flow === null ? [] : await findFlowProblems(actor.workspaceId, flow.draft) };
}
