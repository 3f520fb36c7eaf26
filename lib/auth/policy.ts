import type { Capability } from "#lib/core/roles.ts";

/**
 * Who may use a door of the application: a capability of the signed-in member or API key, "own account" (anyone signed
 * in, for themselves), or one of the doors that prove who asks in another way.
 */
export type Access =
  | Capability
  | "own account"
  /** Anyone; shows nothing of a workspace. */
  | "public"
  /** Any API key; each operation then asks for its own capability, see API_POLICY. */
  | "api key"
  /** Whoever sets up an instance without accounts: at this machine, or with the one-time token. */
  | "set-up"
  /** A sender who knows an endpoint's secret address. */
  | "sender"
  /** Whoever holds a link of a step that waits for an answer. */
  | "link"
  /** Whoever operates the instance. */
  | "operator";

/** What every operation of the REST API asks for. An operation that is not listed cannot be added to the router. */
export const API_POLICY = {
  "GET /openapi.json": "workspace.read",
  "GET /flows": "workspace.read",
  "POST /flows": "flow.edit",
  "GET /flows/{flowId}": "workspace.read",
  "PATCH /flows/{flowId}": "flow.edit",
  "DELETE /flows/{flowId}": "flow.edit",
  "POST /flows/{flowId}/undelete": "flow.edit",
  "GET /flows/{flowId}/draft": "workspace.read",
  "PUT /flows/{flowId}/draft": "flow.edit",
  "GET /flows/{flowId}/problems": "workspace.read",
  "POST /flows/{flowId}/publish": "flow.publish",
  "POST /flows/{flowId}/on": "flow.switch",
  "POST /flows/{flowId}/run": "run.replay",
  "POST /flows/{flowId}/off": "flow.turnOff",
  "GET /flows/{flowId}/missed": "workspace.read",
  "POST /flows/{flowId}/missed": "run.replay",
  "POST /flows/{flowId}/missed/cancel": "run.cancel",
  "GET /flows/{flowId}/versions": "workspace.read",
  "GET /flows/{flowId}/versions/{number}": "workspace.read",
  "POST /flows/{flowId}/versions/{number}/restore": "flow.edit",
  "GET /endpoints": "workspace.read",
  "POST /endpoints": "endpoint.edit",
  "GET /endpoints/{endpointId}": "workspace.read",
  "PATCH /endpoints/{endpointId}": "endpoint.edit",
  "DELETE /endpoints/{endpointId}": "endpoint.edit",
  "POST /endpoints/{endpointId}/undelete": "endpoint.edit",
  "POST /endpoints/{endpointId}/pause": "endpoint.edit",
  "POST /endpoints/{endpointId}/resume": "endpoint.edit",
  "POST /endpoints/{endpointId}/rehearse": "endpoint.edit",
  "GET /endpoints/{endpointId}/schema-proposal": "endpoint.edit",
  "POST /endpoints/{endpointId}/secrets": "endpoint.edit",
  "DELETE /endpoints/{endpointId}/secrets/{secretId}": "endpoint.edit",
  "GET /endpoints/{endpointId}/events": "workspace.read",
  "GET /endpoints/{endpointId}/requests": "workspace.read",
  "GET /events/{eventId}": "workspace.read",
  "GET /events/{eventId}/body": "payload.read",
  "GET /events/{eventId}/items": "workspace.read",
  "POST /events/{eventId}/run": "run.replay",
  "GET /requests/{requestId}": "workspace.read",
  "GET /requests/{requestId}/body": "payload.read",
  "POST /requests/{requestId}/run": "request.accept",
  "GET /runs": "workspace.read",
  "GET /brake": "workspace.read",
  "POST /brake/pull": "brake.pull",
  "POST /brake/release": "brake.release",
  "GET /runs/{runId}": "workspace.read",
  "GET /runs/{runId}/values/{valueId}": "payload.read",
  "GET /runs/{runId}/resume": "run.resume",
  "POST /runs/{runId}/resume": "run.resume",
  "POST /runs/{runId}/replay": "run.replay",
  "POST /runs/{runId}/cancel": "run.cancel",
  "POST /runs/{runId}/decide": "run.resume",
  "GET /bulk-acts": "workspace.read",
  "POST /bulk-acts": "run.replay",
  "GET /bulk-acts/{bulkActId}": "workspace.read",
  "POST /bulk-acts/{bulkActId}/start": "run.replay",
  "POST /bulk-acts/{bulkActId}/pause": "run.cancel",
  "POST /bulk-acts/{bulkActId}/resume": "run.replay",
  "POST /bulk-acts/{bulkActId}/cancel": "run.cancel",
  "GET /connections": "workspace.read",
  "POST /connections": "connection.edit",
  "GET /connections/{connectionId}": "workspace.read",
  "PUT /connections/{connectionId}": "connection.edit",
  "DELETE /connections/{connectionId}": "connection.edit",
  "POST /connections/{connectionId}/hosts": "connection.edit",
  "POST /connections/{connectionId}/test": "connection.edit",
  "GET /variables": "workspace.read",
  "POST /variables": "variable.edit",
  "GET /variables/{name}": "workspace.read",
  "PUT /variables/{name}": "variable.edit",
  "DELETE /variables/{name}": "variable.edit",
} as const satisfies Record<string, Capability>;

/** The name of one operation of the REST API: method and path. */
export type ApiOperationName = keyof typeof API_POLICY;
