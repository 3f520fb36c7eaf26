import type { Json } from "#lib/core/json.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { type CalledApp, eventually } from "./running-app.ts";

/** An endpoint as the API gives it, with what tests use. */
export type MadeEndpoint = { id: string; url: string };

/** A run with its steps as the API gives it, with what tests use. */
export type MadeRun = {
  id: string;
  status: string;
  eventId: string;
  errorMessage: string | null;
  steps: { path: string; status: string; output?: Json; errorMessage: string | null }[];
};

/** Makes an endpoint of a sender through the API; with a secret, only signed requests are accepted. */
export async function makeEndpoint(app: CalledApp, provider: string, secret?: string): Promise<MadeEndpoint> {
  return app.api("POST", "/endpoints", { provider, ...(secret === undefined ? {} : { secrets: [secret] }) });
}

/** Makes a flow from steps and publishes it; gives its id. */
export async function publishFlow(
  app: CalledApp,
  endpointId: string,
  steps: Step[],
  more: Partial<FlowDefinition["trigger"]> = {},
): Promise<string> {
  const definition: FlowDefinition = {
    schema: 1,
    trigger: { endpointId, eventTypes: [], filter: null, ...more },
    runName: "",
    steps,
  };
  const { id } = await app.api<{ id: string }>("POST", "/flows", { name: "Test flow", definition });
  await app.api("POST", `/flows/${id}/publish`, { expectedVersion: 0 });
  return id;
}

/** Publishes other steps as the flow's next version, which is live then. */
export async function publishAgain(app: CalledApp, flowId: string, steps: Step[]): Promise<void> {
  const draft = await app.api<{ definition: FlowDefinition; revision: number }>("GET", `/flows/${flowId}/draft`);
  const definition = { ...draft.definition, steps };
  await app.api("PUT", `/flows/${flowId}/draft`, { definition, expectedRevision: draft.revision });
  const { liveVersion } = await app.api<{ liveVersion: number | null }>("GET", `/flows/${flowId}`);
  await app.api("POST", `/flows/${flowId}/publish`, { expectedVersion: liveVersion ?? 0 });
}

/** The one run of an event in a flow, once it has ended, with its steps. */
export async function endedRun(app: CalledApp, eventId: string, flowId: string): Promise<MadeRun> {
  return eventually(`the run of event ${eventId} has ended`, async () => {
    const { items } = await app.api<{ items: MadeRun[] }>("GET", `/runs?flowId=${flowId}&limit=100`);
    const run = items.find((item) => item.eventId === eventId);
    if (run === undefined || !["succeeded", "failed", "filtered", "canceled"].includes(run.status)) return null;
    return app.api<MadeRun>("GET", `/runs/${run.id}`);
  });
}

/** An action step. */
export function action(id: string, name: string, input: Json, connectionId: string | null = null): Step {
  return { kind: "action", id, name: id, action: name, input, connectionId };
}
