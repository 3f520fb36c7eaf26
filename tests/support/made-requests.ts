import type { MadeEndpoint } from "./flow.ts";
import { type CalledApp, eventually } from "./running-app.ts";

/** A request as the API lists it, with what tests use. */
export type MadeRequest = { id: string; verdict: string; reason: string | null; method: string };

/** Makes an endpoint with these settings through the API. */
export async function endpointWith(app: CalledApp, settings: object): Promise<MadeEndpoint> {
  return app.api("POST", "/endpoints", { settings });
}

/** What an endpoint was sent so far, newest first. */
export async function requestsOf(app: CalledApp, endpoint: MadeEndpoint): Promise<MadeRequest[]> {
  return (await app.api<{ items: MadeRequest[] }>("GET", `/endpoints/${endpoint.id}/requests`)).items;
}

/** The newest request of an endpoint, once there is one. */
export async function firstRequest(app: CalledApp, endpoint: MadeEndpoint): Promise<MadeRequest> {
  return eventually("a request is listed", async () => (await requestsOf(app, endpoint))[0]);
}
