"use server";
import { revalidatePath } from "next/cache";
import type { PublishAnswer, SaveAnswer } from "#components/builder/builder-acts.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { createFlow, duplicateFlow } from "#lib/commands/flows/create-flow.ts";
import { deleteFlow, restoreFlow } from "#lib/commands/flows/delete-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { renameFlow } from "#lib/commands/flows/rename-flow.ts";
import { saveCheckedDraft } from "#lib/commands/flows/save-checked-draft.ts";
import { DraftChangedError } from "#lib/commands/flows/save-draft.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import { describeError } from "#lib/core/describe-error.ts";
import { ConflictError } from "#lib/core/errors.ts";
import type { EndpointSamples } from "#lib/engine/edit/builder-data.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { loadDraft, loadEndpointSamples, loadVersion, loadVersions } from "#lib/loaders/flow-builder.ts";

type Done = { kind: "done" } | { kind: "refused"; message: string };

/** Saves a draft and says what still stops it from being published. */
export async function saveDraftAction(
  flowId: string,
  definition: FlowDefinition,
  expectedRevision: number,
): Promise<SaveAnswer> {
  const actor = await requireActor();
  try {
    const saved = await saveCheckedDraft(actor, flowId, { definition, expectedRevision });
    return { kind: "saved", revision: saved.revision, savedAt: saved.savedAt.toISOString(), problems: saved.problems };
  } catch (error) {
    if (error instanceof DraftChangedError) {
      const theirs = await loadDraft(flowId);
      if (theirs !== null)
        return { kind: "conflict", by: error.by, at: error.at.toISOString(), revision: error.revision, theirs };
    }
    return { kind: "refused", message: publicMessage(error) };
  }
}

/** Publishes the draft as it was last seen. */
export async function publishFlowAction(
  flowId: string,
  expectedVersion: number,
  expectedRevision: number,
  note: string,
): Promise<PublishAnswer> {
  const actor = await requireActor();
  try {
    const { number, on } = await publishFlow(actor, flowId, { expectedVersion, expectedRevision, note });
    return { kind: "published", number, on };
  } catch (error) {
    return {
      kind: "refused",
      message: publicMessage(error),
      conflict: error instanceof ConflictError && error.code === "published-meanwhile",
    };
  }
}

/** Turns a published flow on or off. */
export async function turnFlowAction(flowId: string, on: boolean): Promise<Done> {
  const actor = await requireActor();
  return attempt(() => (on ? turnFlowOn(actor, flowId) : turnFlowOff(actor, flowId)));
}

/** Gives a flow another name. */
export async function renameFlowAction(flowId: string, name: string): Promise<Done> {
  const actor = await requireActor();
  return attempt(() => renameFlow(actor, flowId, name));
}

/** Deletes a flow softly. */
export async function deleteFlowAction(flowId: string): Promise<Done> {
  const actor = await requireActor();
  return attempt(async () => {
    await deleteFlow(actor, flowId);
    revalidatePath("/flows");
  });
}

/** Brings a deleted flow back. */
export async function restoreFlowAction(flowId: string): Promise<Done> {
  const actor = await requireActor();
  return attempt(async () => {
    await restoreFlow(actor, flowId);
    revalidatePath("/flows");
  });
}

/** Makes a flow: empty, for an endpoint, or from an event. Returns its id. */
export async function createFlowAction(from: {
  name?: string;
  endpointId?: string;
  eventId?: string;
}): Promise<{ kind: "made"; id: string } | { kind: "refused"; message: string }> {
  const actor = await requireActor();
  try {
    return { kind: "made", id: (await createFlow(actor, from)).id };
  } catch (error) {
    return { kind: "refused", message: publicMessage(error) };
  }
}

/** Makes a copy of a flow as a draft. Returns its id. */
export async function duplicateFlowAction(
  flowId: string,
): Promise<{ kind: "made"; id: string } | { kind: "refused"; message: string }> {
  const actor = await requireActor();
  try {
    return { kind: "made", id: (await duplicateFlow(actor, flowId)).id };
  } catch (error) {
    return { kind: "refused", message: publicMessage(error) };
  }
}

/** The published versions of a flow. */
export async function listVersionsAction(flowId: string): Promise<{ number: number; note: string; at: string }[]> {
  return loadVersions(flowId);
}

/** The definition of one version. */
export async function readVersionAction(flowId: string, number: number): Promise<FlowDefinition | null> {
  return loadVersion(flowId, number);
}

/** The newest events and seen event types of an endpoint. */
export async function listSamplesAction(endpointId: string): Promise<EndpointSamples> {
  return loadEndpointSamples(endpointId);
}

async function attempt(run: () => Promise<void>): Promise<Done> {
  try {
    await run();
    return { kind: "done" };
  } catch (error) {
    return { kind: "refused", message: publicMessage(error) };
  }
}

/** The words of an expected refusal; anything else is a fault and goes to the page's boundary and the log. */
function publicMessage(error: unknown): string {
  const described = describeError(error);
  if (described === null) throw error;
  return described.message;
}
