import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { listMissed } from "#lib/commands/flows/read-missed.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { makeEndpoint, type OpenDoor } from "./receiving.ts";
import { postBody } from "./split-lists.ts";

const STEPS = [
  {
    kind: "action",
    id: "call",
    name: "Call",
    action: "http.request",
    input: { method: "POST", url: "https://a.example" },
  },
  { kind: "action", id: "note", name: "Note", action: "transform", input: { value: "{{ 1 }}" } },
];

/** Settings of an endpoint whose events say their type in the body. */
export const TYPED = { eventType: { from: "body", path: "type" } };

/** Makes an endpoint; its events have the type in their body unless `settings` say otherwise. */
export function makeTypedEndpoint(actor: Actor, settings: object = TYPED) {
  return makeEndpoint(actor, { settings });
}

/** Sends an event through the door and gives its id. */
export async function sendEvent(door: OpenDoor, endpoint: { path: string }, body: unknown): Promise<string> {
  return (await postBody(`${door.url}${endpoint.path}`, body)).event ?? "";
}

/** Makes a flow of a call and a note that listens to an endpoint once it is published. */
export async function makeCallingFlow(actor: Actor, endpointId: string, eventTypes: string[] = []): Promise<string> {
  const definition = { schema: 1, trigger: { endpointId, eventTypes, filter: null }, runName: "", steps: STEPS };
  return (await createFlow(actor, { name: "Orders", definition })).id;
}

/** The same, published. */
export async function liveCallingFlow(actor: Actor, endpointId: string, eventTypes: string[] = []): Promise<string> {
  const flowId = await makeCallingFlow(actor, endpointId, eventTypes);
  await publishFlow(actor, flowId, { expectedVersion: 0 });
  return flowId;
}

/** The runs of a flow in the order they were made. */
export function listRunsOfFlow(flowId: string) {
  return prisma().run.findMany({ where: { flowId }, orderBy: { id: "asc" } });
}

/** The events of the runs of a flow, one for each run. */
export async function eventsThatRan(flowId: string): Promise<string[]> {
  return (await listRunsOfFlow(flowId)).map(({ eventId }) => eventId);
}

/** The events a flow missed, in the order they came. */
export async function missedEvents(actor: Actor, flowId: string): Promise<string[]> {
  return (await listMissed(actor, flowId, "live", { limit: 100 })).map(({ eventId }) => eventId).reverse();
}
