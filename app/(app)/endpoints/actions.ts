"use server";
import { revalidatePath } from "next/cache";
import { headers } from "next/headers";
import { runAction } from "#app/run-action.ts";
import { clientIpOf, clientThroughOf } from "#lib/auth/request-origin.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { addEndpointSecret } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { createEndpoint } from "#lib/commands/endpoints/create-endpoint.ts";
import { deleteEndpoint, restoreEndpoint } from "#lib/commands/endpoints/delete-endpoint.ts";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { proposeSchema } from "#lib/commands/endpoints/propose-schema.ts";
import { rehearseSettings } from "#lib/commands/endpoints/rehearse-settings.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import { retireEndpointSecret } from "#lib/commands/endpoints/retire-endpoint-secret.ts";
import { sendSample } from "#lib/commands/endpoints/send-sample.ts";
import { updateEndpoint } from "#lib/commands/endpoints/update-endpoint.ts";
import { setPublicAddress } from "#lib/commands/instance/set-public-address.ts";
import { testAddress } from "#lib/commands/instance/test-address.ts";
import { testPublicAddress } from "#lib/commands/instance/test-public-address.ts";
import { acceptRefusedRequest } from "#lib/commands/requests/accept-refused-request.ts";
import { recheckRecentRequests, recheckRequest } from "#lib/commands/requests/recheck-request.ts";
import { saveSample } from "#lib/commands/requests/save-sample.ts";
import { previewByHand } from "#lib/commands/runs/preview-by-hand.ts";
import { runByHand } from "#lib/commands/runs/run-by-hand.ts";
import type { ByHandSource } from "#lib/engine/by-hand-view.ts";
import { loadRunnableFlows } from "#lib/loaders/flows.ts";

/** Requests checked again after a secret is pasted. */
const RECHECKED_MAX = 100;

/** Makes an endpoint without asking anything. */
export async function createEndpointAction() {
  const actor = await requireActor();
  return runAction(async () => {
    const { id } = await createEndpoint(actor);
    revalidatePath("/endpoints");
    return { id };
  });
}

/** Changes name, provider or settings. */
export async function updateEndpointAction(endpointId: string, input: unknown) {
  const actor = await requireActor();
  return runAction(async () => {
    const { revision } = await updateEndpoint(actor, endpointId, input);
    revalidatePath("/endpoints", "layout");
    return { revision };
  });
}

/** Says what changed settings would have done to the stored requests. */
export async function rehearseSettingsAction(endpointId: string, input: unknown) {
  const actor = await requireActor();
  return runAction(() => rehearseSettings(actor, endpointId, input));
}

/** Says what stored bodies have in common, for requiring it. */
export async function inferSchemaAction(endpointId: string) {
  const actor = await requireActor();
  return runAction(() => proposeSchema(actor, endpointId));
}

/**
 * Chooses the sender, adds a signing secret (verification is on from then) and checks the newest requests again with
 * it.
 */
export async function addSecretAction(endpointId: string, input: { secret: string; label: string; provider?: string }) {
  const actor = await requireActor();
  return runAction(async () => {
    const { provider, ...secret } = input;
    if (provider !== undefined) await updateEndpoint(actor, endpointId, { provider });
    const added = await addEndpointSecret(actor, endpointId, secret);
    const rechecked = await recheckRecentRequests(actor, endpointId, RECHECKED_MAX);
    revalidatePath("/endpoints", "layout");
    return { ...added, ...rechecked };
  });
}

/** Retires a signing secret. */
export async function retireSecretAction(endpointId: string, secretId: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await retireEndpointSecret(actor, endpointId, secretId);
    revalidatePath("/endpoints", "layout");
  });
}

/** Pauses an endpoint, or resumes it and says how many runs that started. */
export async function pauseEndpointAction(endpointId: string, paused: boolean) {
  const actor = await requireActor();
  return runAction(async () => {
    const released = paused ? { events: 0, runs: 0 } : await resumeEndpoint(actor, endpointId);
    if (paused) await pauseEndpoint(actor, endpointId);
    revalidatePath("/endpoints", "layout");
    return released;
  });
}

/** Deletes an endpoint softly. */
export async function deleteEndpointAction(endpointId: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await deleteEndpoint(actor, endpointId);
    revalidatePath("/endpoints", "layout");
  });
}

/** Brings a deleted endpoint back. */
export async function restoreEndpointAction(endpointId: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await restoreEndpoint(actor, endpointId);
    revalidatePath("/endpoints", "layout");
  });
}

/** Sends a sample to the endpoint through its own door. */
export async function sendSampleAction(
  endpointId: string,
  input: { sample: string; variant: "valid" | "tampered" | "duplicate" },
) {
  const actor = await requireActor();
  return runAction(() => sendSample(actor, endpointId, input));
}

/** Checks one stored request again. */
export async function recheckRequestAction(endpointId: string, requestId: string) {
  const actor = await requireActor();
  return runAction(async () => {
    const { verification, message } = await recheckRequest(actor, endpointId, requestId);
    return { verification, message };
  });
}

/** Makes an event of a refused request. */
export async function acceptRequestAction(endpointId: string, requestId: string) {
  const actor = await requireActor();
  return runAction(() => acceptRefusedRequest(actor, endpointId, requestId));
}

/** The flows that can run what is stored: those with a live version. */
export async function listRunnableFlowsAction() {
  return runAction(() => loadRunnableFlows());
}

/** Says what a flow would do with a stored event or request. Nothing is sent. */
export async function previewByHandAction(flowId: string, { itemIndex, ...source }: ByHandSource) {
  const actor = await requireActor();
  return runAction(() => previewByHand(actor, { flowId, source, itemIndex }));
}

/** Runs a stored event or request through a flow. */
export async function runByHandAction(flowId: string, { itemIndex, ...source }: ByHandSource) {
  const actor = await requireActor();
  return runAction(() => runByHand(actor, { flowId, source, itemIndex }));
}

/** Keeps a request as a sample under a name. */
export async function saveSampleAction(endpointId: string, requestId: string, name: string) {
  const actor = await requireActor();
  return runAction(() => saveSample(actor, endpointId, requestId, { name }));
}

/** Says whether an address (the visitor's own when it is null) is on a list, and by which line. */
export async function testAddressAction(input: { address: string | null; lines: string[] }) {
  const actor = await requireActor();
  return runAction(async () => {
    const sent = await headers();
    return testAddress(actor, input, { ip: clientIpOf(sent), through: clientThroughOf(sent) });
  });
}

/** Sets the address under which senders reach this instance; null goes back to this machine's own. */
export async function setPublicAddressAction(address: string | null) {
  const actor = await requireActor();
  return runAction(async () => {
    const saved = await setPublicAddress(actor, { address });
    revalidatePath("/", "layout");
    return saved;
  });
}

/** Calls this instance's own public address and says how far a sender gets. */
export async function testPublicAddressAction() {
  const actor = await requireActor();
  return runAction(() => testPublicAddress(actor));
}
