"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import type { SaveAnswer } from "#components/builder/builder-acts.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { createFlow, duplicateFlow } from "#lib/commands/flows/create-flow.ts";
import { deleteFlow, restoreFlow } from "#lib/commands/flows/delete-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { listMissed, readMissed } from "#lib/commands/flows/read-missed.ts";
import { renameFlow } from "#lib/commands/flows/rename-flow.ts";
import { saveCheckedDraft } from "#lib/commands/flows/save-checked-draft.ts";
import { DraftChangedError } from "#lib/commands/flows/save-draft.ts";
import { startCatchUp, stopCatchUp } from "#lib/commands/flows/start-catch-up.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import { runNow } from "#lib/commands/runs/run-now.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { type CatchUpView, type MissedView, type MissedWish, viewCatchUp } from "#lib/engine/missed-view.ts";
import { loadDraft, loadEndpointSamples, loadVersion, loadVersions } from "#lib/loaders/flow-builder.ts";
import { maskValue } from "#lib/views/payload-mask.ts";

/** Missed events listed at once. */
const MISSED_SHOWN = 100;

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

/**
 * Publishes the draft as it was last seen, and runs those of the events it missed that are chosen; refused as
 * "published-meanwhile" when somebody else published first.
 */
export async function publishFlowAction(
  flowId: string,
  expectedVersion: number,
  expectedRevision: number,
  note: string,
  missed: MissedWish,
): Promise<ActionResult<{ number: number; on: boolean; catchUp: CatchUpView | null }>> {
  const actor = await requireActor();
  return runAction(async () => {
    const wish = { expectedVersion, expectedRevision, note, missed };
    const { number, on, catchUp } = await publishFlow(actor, flowId, wish);
    return { number, on, catchUp: viewCatchUp(catchUp) };
  });
}

/** Turns a published flow on, and runs those of the events it missed that are chosen. */
export async function turnFlowOnAction(
  flowId: string,
  missed: MissedWish,
): Promise<ActionResult<{ catchUp: CatchUpView | null }>> {
  const actor = await requireActor();
  return runAction(async () => {
    const { catchUp } = await turnFlowOn(actor, flowId, missed);
    revalidatePath("/flows");
    return { catchUp: viewCatchUp(catchUp) };
  });
}

/** Turns a flow off. */
export async function turnFlowOffAction(flowId: string): Promise<ActionResult> {
  const actor = await requireActor();
  return runAction(async () => {
    await turnFlowOff(actor, flowId);
    revalidatePath("/flows");
  });
}

/** Counts what a flow missed by its live version or its draft, and lists the newest of it, before one when given. */
export async function readMissedAction(
  flowId: string,
  of: "live" | "draft",
  before?: { eventId: string; itemIndex: number | null },
): Promise<ActionResult<MissedView>> {
  const actor = await requireActor();
  return runAction(async () => {
    const { since, count, more, upTo, effects } = await readMissed(actor, flowId, of);
    const page = { limit: MISSED_SHOWN, ...(before === undefined ? {} : { before }) };
    const events = count === 0 ? [] : await listMissed(actor, flowId, of, page);
    return {
      ...{ count, more, upTo, effects },
      since: since?.toISOString() ?? null,
      events: events.map((event) => ({
        ...event,
        deliveryId: maskValue(actor.role, event.deliveryId),
        receivedAt: event.receivedAt.toISOString(),
      })),
    };
  });
}

/** Runs events that a live flow missed. */
export async function runMissedAction(
  flowId: string,
  missed: MissedWish,
): Promise<ActionResult<{ catchUp: CatchUpView | null }>> {
  const actor = await requireActor();
  return runAction(async () => ({ catchUp: viewCatchUp(await startCatchUp(actor, flowId, missed)) }));
}

/** Starts no further run for events a flow missed. */
export async function cancelCatchUpAction(flowId: string): Promise<ActionResult<{ catchUp: CatchUpView | null }>> {
  const actor = await requireActor();
  return runAction(async () => ({ catchUp: viewCatchUp(await stopCatchUp(actor, flowId)) }));
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

/** Starts a flow without an endpoint now. */
export async function runFlowNowAction(flowId: string, body: string) {
  const actor = await requireActor();
  return runAction(() => runNow(actor, flowId, { body }));
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
