import type { EndpointView } from "#lib/views/endpoint-views.ts";

/**
 * What of an endpoint's page changes with every request. `parked` counts events waiting for resume, at most 10,000; 0
 * while it is not paused.
 */
export type EndpointPulse = Pick<EndpointView, "verifiedSince" | "answerTimes"> & { parked: number };
