import { z } from "zod";
import { listActions } from "#lib/actions/registry.generated.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import { isUuid } from "#lib/core/ids.ts";
import { pick } from "#lib/core/pick.ts";
import { may } from "#lib/core/roles.ts";
import { findLastCatchUp } from "#lib/db/catch-ups.ts";
import { listConnections } from "#lib/db/connections.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";
import { listNamedSamples, listSampleEvents, listSeenEventTypes } from "#lib/db/flow-samples.ts";
import { findFlowVersion, findLatestFlowVersion, listFlowVersions } from "#lib/db/flow-versions.ts";
import { findFlow } from "#lib/db/flows.ts";
import type { ActionCard, BuilderData, EndpointSamples } from "#lib/engine/edit/builder-data.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";
import { viewCatchUp } from "#lib/engine/missed-view.ts";

/**
 * The builder's data of a flow but for the draft's problems, which a command finds; null when there is no such flow.
 */
export async function loadBuilder(flowId: string): Promise<Omit<BuilderData, "problems"> | null> {
  const actor = await requireActor();
  if (!isUuid(flowId)) return null;
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) return null;
  // A flow without an endpoint has events of its own.
  const endpointId = flow.draft.trigger.kind === undefined ? flow.draft.trigger.endpointId : flow.id;
  const [endpoints, connections, namedSamples, latest, live, catchUp] = await Promise.all([
    listEndpoints(actor.workspaceId),
    listConnections(actor.workspaceId),
    listNamedSamples(actor.workspaceId),
    findLatestFlowVersion(actor.workspaceId, flowId),
    flow.liveVersion === null ? null : findFlowVersion(actor.workspaceId, flowId, flow.liveVersion.number),
    findLastCatchUp(actor.workspaceId, flowId),
  ]);
  const samples = endpointId === null ? { events: [], eventTypes: [] } : await loadEndpointSamples(endpointId);
  return {
    flow: {
      id: flow.id,
      name: flow.name,
      state: flow.state,
      on: flow.on,
      offSince: flow.offSince?.toISOString() ?? null,
      catchUp: viewCatchUp(catchUp),
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
    may: {
      edit: may(actor.role, "flow.edit"),
      publish: may(actor.role, "flow.publish"),
      turnOn: may(actor.role, "flow.switch"),
      turnOff: may(actor.role, "flow.turnOff"),
      runMissed: may(actor.role, "run.replay"),
    },
  };
}

/** What an endpoint offers a flow: its newest events and the event types it has seen. */
export async function loadEndpointSamples(endpointId: string): Promise<EndpointSamples> {
  const actor = await requireActor();
  if (!isUuid(endpointId)) return { events: [], eventTypes: [] };
  const [events, eventTypes] = await Promise.all([
    listSampleEvents(actor.workspaceId, endpointId, 20),
    listSeenEventTypes(actor.workspaceId, endpointId),
  ]);
  return {
    events: events.map(({ id, eventType, verdict, receivedAt }) => ({
      id,
      eventType,
      verdict,
      at: receivedAt.toISOString(),
    })),
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

const CARD_PARTS = [
  "id",
  "title",
  "description",
  "synonyms",
  "icon",
  "connectionKinds",
  "connectionRequired",
  "blankInput",
  "example",
] as const;

function actionCards(): ActionCard[] {
  return listActions().map((action) => ({ ...pick(action, CARD_PARTS), schema: plainSchema(action.input) }));
}

/** The JSON Schema of an input as plain JSON: zod's own result carries methods, which cannot go to the browser. */
function plainSchema(input: z.ZodType): JsonSchema {
  return JSON.parse(JSON.stringify(z.toJSONSchema(input, { io: "input", unrepresentable: "any" }))) as JsonSchema;
}
