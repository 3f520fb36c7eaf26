"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import type { SaveAnswer } from "#components/builder/builder-acts.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { createFlow, duplicateFlow } from "#lib/commands/flows/create-flow.ts";
import { deleteFlow, restoreFlow } from "#lib/commands/flows/delete-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { renameFlow } from "#lib/commands/flows/rename-flow.ts";
import { saveCheckedDraft } from "#lib/commands/flows/save-checked-draft.ts";
import { DraftChangedError } from "#lib/commands/flows/save-draft.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { loadDraft, loadEndpointSamples, loadVersion, loadVersions } from "#lib/loaders/flow-builder.ts";

/** Saves a draft and says what still stops it from being published, or who changed it in between. */
export async function saveDraftAction(
  flowId: string,
  definition: FlowDefinition,
  expectedRevision: number,
): Promise<ActionResult<SaveAnswer>> {
  const actor = await requireActor();
  return runAction(async () => {
    try {
      const saved = await saveCheckedDraft(actor, flowId, { definition, expectedRevision });
      const { revision, problems } = saved;
      return { kind: "saved", revision, savedAt: saved.savedAt.toISOString(), problems };
    } catch (error) {
      const theirs = error instanceof DraftChangedError ? await loadDraft(flowId) : null;
      if (!(error instanceof DraftChangedError) || theirs === null) throw error;
      return { kind: "conflict", by: error.by, at: error.at.toISOString(), revision: error.revision, theirs };
    }
  });
}

/** Publishes the draft as it was last seen; refused as "published-meanwhile" when somebody else published first. */
export async function publishFlowAction(
  flowId: string,
  expectedVersion: number,
  expectedRevision: number,
  note: string,
): Promise<ActionResult<{ number: number; on: boolean }>> {
  const actor = await requireActor();
  return runAction(async () => {
    const { number, on } = await publishFlow(actor, flowId, { expectedVersion, expectedRevision, note });
    return { number, on };
  });
}

/** Turns a published flow on or off. */
export async function turnFlowAction(flowId: string, on: boolean): Promise<ActionResult> {
  const actor = await requireActor();
  return runAction(() => (on ? turnFlowOn(actor, flowId) : turnFlowOff(actor, flowId)));
}

/** Gives a flow another name. */
export async function renameFlowAction(flowId: string, name: string): Promise<ActionResult> {
  const actor = await requireActor();
  return runAction(() => renameFlow(actor, flowId, name));
}

/** Deletes a flow softly. */
export async function deleteFlowAction(flowId: string): Promise<ActionResult> {
  const actor = await requireActor();
  return runAction(async () => {
    await deleteFlow(actor, flowId);
    revalidatePath("/flows");
  });
}

/** Brings a deleted flow back. */
export async function restoreFlowAction(flowId: string): Promise<ActionResult> {
  const actor = await requireActor();
  return runAction(async () => {
    await restoreFlow(actor, flowId);
    revalidatePath("/flows");
  });
}

/** Makes a flow: empty, for an endpoint, or from an event. Returns its id. */
export async function createFlowAction(from: {
  name?: string;
  endpointId?: string;
  eventId?: string;
}): Promise<ActionResult<{ id: string }>> {
  const actor = await requireActor();
  return runAction(async () => ({ id: (await createFlow(actor, from)).id }));
}

/** Makes a copy of a flow as a draft. Returns its id. */
export async function duplicateFlowAction(flowId: string): Promise<ActionResult<{ id: string }>> {
  const actor = await requireActor();
  return runAction(async () => ({ id: (await duplicateFlow(actor, flowId)).id }));
}

/** The published versions of a flow. */
export async function listVersionsAction(flowId: string) {
  return runAction(() => loadVersions(flowId));
}

/** The definition of one version; null when there is none. */
export async function readVersionAction(flowId: string, number: number) {
  return runAction(() => loadVersion(flowId, number));
}

/** The newest events and seen event types of an endpoint. */
export async function listSamplesAction(endpointId: string) {
  return runAction(() => loadEndpointSamples(endpointId));
}
