import { z } from "zod";
import { listActions } from "#lib/actions/registry.generated.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import { may } from "#lib/core/roles.ts";
import type { FlowState } from "#lib/core/states.ts";
import { listConnections } from "#lib/db/connections.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";
import { listNamedSamples, listSampleEvents, listSeenEventTypes } from "#lib/db/flow-samples.ts";
import { findFlowVersion, findLatestFlowVersion, listFlowVersions } from "#lib/db/flow-versions.ts";
import { findFlow } from "#lib/db/flows.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { parseStoredSettings } from "#lib/receive/endpoint-settings.ts";

/** An action as the builder needs it: words, JSON Schema of its input, what a new step starts with. */
export type ActionCard = {
  id: string;
  title: string;
  description: string;
  synonyms: readonly string[];
  icon: string;
  connectionKinds: readonly string[];
  connectionRequired: boolean;
  blankInput: Json;
  example: { input: Json; output: Json };
  schema: Json;
};

/** An event the sample chooser offers. */
export type SampleOption = { id: string; eventType: string | null; verdict: string; at: string };

/** Everything the builder page starts with. */
export type BuilderData = {
  flow: {
    id: string;
    name: string;
    state: FlowState;
    on: boolean;
    draft: FlowDefinition;
    revision: number;
    savedAt: string;
    liveVersion: number | null;
    latestVersion: number;
  };
  live: FlowDefinition | null;
  actions: ActionCard[];
  /** `flowsAnswer`: senders of the endpoint wait for what a flow answers. */
  endpoints: { id: string; name: string; provider: string; flowsAnswer: boolean }[];
  connections: { id: string; name: string; kind: string }[];
  events: SampleOption[];
  namedSamples: { id: string; name: string }[];
  eventTypes: { eventType: string; count: number }[];
  may: { edit: boolean; publish: boolean; switch: boolean };
};

/** The builder's data of a flow, or null when there is none. */
export async function loadBuilder(flowId: string): Promise<BuilderData | null> {
  const actor = await requireActor();
  if (!isUuid(flowId)) return null;
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) return null;
  const endpointId = flow.draft.trigger.endpointId;
  const [endpoints, connections, namedSamples, latest, live] = await Promise.all([
    listEndpoints(actor.workspaceId),
    listConnections(actor.workspaceId),
    listNamedSamples(actor.workspaceId),
    findLatestFlowVersion(actor.workspaceId, flowId),
    flow.liveVersion === null ? null : findFlowVersion(actor.workspaceId, flowId, flow.liveVersion.number),
  ]);
  const samples = endpointId === null ? { events: [], eventTypes: [] } : await loadEndpointSamples(endpointId);
  return {
    flow: {
      id: flow.id,
      name: flow.name,
      state: flow.state,
      on: flow.on,
      draft: flow.draft,
      revision: flow.draftRevision,
      savedAt: flow.draftAt.toISOString(),
      liveVersion: flow.liveVersion?.number ?? null,
      latestVersion: latest?.number ?? 0,
    },
    live: live?.definition ?? null,
    actions: actionCards(),
    endpoints: endpoints.map(({ id, name, provider, settings }) => ({
      id,
      name,
      provider,
      flowsAnswer: parseStoredSettings(settings).answer.kind === "flow",
    })),
    connections: connections.map(({ id, name, kind }) => ({ id, name, kind })),
    ...samples,
    namedSamples: namedSamples.map(({ id, name }) => ({ id, name })),
    may: { edit: may(actor.role, "flow.edit"), publish: may(actor.role, "flow.publish"), switch: may(actor.role, "flow.switch") },
  };
}

/** What an endpoint offers a flow: its newest events and the event types it has seen. */
export async function loadEndpointSamples(
  endpointId: string,
): Promise<{ events: SampleOption[]; eventTypes: { eventType: string; count: number }[] }> {
  const actor = await requireActor();
  if (!isUuid(endpointId)) return { events: [], eventTypes: [] };
  const [events, eventTypes] = await Promise.all([
    listSampleEvents(actor.workspaceId, endpointId, 20),
    listSeenEventTypes(actor.workspaceId, endpointId),
  ]);
  return {
    events: events.map(({ id, eventType, verdict, receivedAt }) => ({ id, eventType, verdict, at: receivedAt.toISOString() })),
    eventTypes,
  };
}

/** A flow's versions for its history, newest first. */
export async function loadVersions(flowId: string): Promise<{ number: number; note: string; at: string }[]> {
  const actor = await requireActor();
  if (!isUuid(flowId)) return [];
  return (await listFlowVersions(actor.workspaceId, flowId)).map(({ number, note, publishedAt }) => ({
    number,
    note,
    at: publishedAt.toISOString(),
  }));
}

/** The definition of one version, or null. */
export async function loadVersion(flowId: string, number: number): Promise<FlowDefinition | null> {
  const actor = await requireActor();
  if (!isUuid(flowId) || !Number.isSafeInteger(number)) return null;
  return (await findFlowVersion(actor.workspaceId, flowId, number))?.definition ?? null;
}

/** The draft as it is saved now, or null. */
export async function loadDraft(flowId: string): Promise<FlowDefinition | null> {
  const actor = await requireActor();
  return isUuid(flowId) ? ((await findFlow(actor.workspaceId, flowId))?.draft ?? null) : null;
}

function actionCards(): ActionCard[] {
  return listActions().map((action) => ({
    id: action.id,
    title: action.title,
    description: action.description,
    synonyms: action.synonyms,
    icon: action.icon,
    connectionKinds: action.connectionKinds,
    connectionRequired: action.connectionRequired,
    blankInput: action.blankInput,
    example: action.example,
    schema: plainSchema(action.input),
  }));
}

/** The JSON Schema of an input as plain JSON: zod's own result carries methods, which cannot go to the browser. */
function plainSchema(input: z.ZodType): Json {
  return JSON.parse(JSON.stringify(z.toJSONSchema(input, { io: "input", unrepresentable: "any" }))) as Json;
}
