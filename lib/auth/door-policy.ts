import type { Access } from "#lib/auth/policy.ts";

/** Who may open each page of the browser application, by its path. A page that is not listed fails a test. */
export const PAGE_POLICY = {
  "/": "public",
  "/setup": "set-up",
  "/sign-in": "public",
  "/endpoints": "workspace.read",
  "/endpoints/[endpointId]": "workspace.read",
  "/flows": "workspace.read",
  "/flows/[flowId]": "workspace.read",
  "/runs": "workspace.read",
  "/runs/[runId]": "workspace.read",
  "/connections": "workspace.read",
  "/connections/new": "workspace.read",
  "/connections/[connectionId]": "workspace.read",
  "/outbox": "workspace.read",
  "/design": "workspace.read",
  "/settings": "public",
  "/settings/account": "own account",
  "/settings/api-keys": "apiKey.edit",
  "/settings/egress": "workspace.read",
  "/settings/about": "workspace.read",
} as const satisfies Record<string, Access>;

/** Who may use each route handler, by method and path. Those of /api/v1 then ask by operation: see API_POLICY. */
export const ROUTE_POLICY = {
  "/api/auth/[...nextauth]": { GET: "public", POST: "public" },
  "/api/live": { GET: "workspace.read" },
  "/api/ui/coverage": { POST: "flow.edit" },
  "/api/ui/palette": { GET: "workspace.read" },
  "/api/ui/preview": { POST: "flow.edit" },
  "/api/ui/endpoints/[endpointId]/requests": { GET: "workspace.read" },
  "/api/ui/endpoints/[endpointId]/requests/[requestId]": { GET: "workspace.read" },
  "/api/ui/endpoints/[endpointId]/requests/[requestId]/body": { GET: "payload.read" },
  "/api/v1/[[...route]]": { DELETE: "api key", GET: "api key", PATCH: "api key", POST: "api key", PUT: "api key" },
  "/in/[token]": { DELETE: "sender", GET: "sender", HEAD: "sender", OPTIONS: "sender", PATCH: "sender", POST: "sender", PUT: "sender" },
} as const satisfies Record<string, Record<string, Access>>;

/** Who may call each server action, by file and name. Every one of them is a public door: its id is in the page's code. */
export const ACTION_POLICY = {
  "app/(auth)/setup/actions.ts": { setUpAction: "set-up" },
  "app/(app)/connections/actions.ts": {
    saveConnectionAction: "connection.edit",
    testConnectionAction: "connection.edit",
    deleteConnectionAction: "connection.edit",
    restoreConnectionAction: "connection.edit",
    allowAddressAction: "egress.edit",
  },
  "app/(app)/endpoints/actions.ts": {
    createEndpointAction: "endpoint.edit",
    updateEndpointAction: "endpoint.edit",
    rehearseSettingsAction: "endpoint.edit",
    addSecretAction: "endpoint.edit",
    retireSecretAction: "endpoint.edit",
    pauseEndpointAction: "endpoint.edit",
    deleteEndpointAction: "endpoint.edit",
    restoreEndpointAction: "endpoint.edit",
    sendSampleAction: "sample.edit",
    recheckRequestAction: "request.recheck",
    acceptRequestAction: "request.accept",
    saveSampleAction: "sample.edit",
  },
  "app/(app)/flows/actions.ts": {
    createFlowAction: "flow.edit",
    duplicateFlowAction: "flow.edit",
    renameFlowAction: "flow.edit",
    deleteFlowAction: "flow.edit",
    restoreFlowAction: "flow.edit",
    saveDraftAction: "flow.edit",
    publishFlowAction: "flow.publish",
    turnFlowAction: "flow.switch",
    listVersionsAction: "workspace.read",
    readVersionAction: "workspace.read",
    listSamplesAction: "workspace.read",
  },
  "app/(app)/outbox/actions.ts": { sendOutboxMailAction: "effect.sendOnce" },
  "app/(app)/runs/actions.ts": {
    resumeRunAction: "run.resume",
    replayRunAction: "run.replay",
    replayRunsAction: "run.replay",
    cancelRunAction: "run.cancel",
    decideStepAction: "run.resume",
    allowAddressAction: "egress.edit",
  },
  "app/(app)/settings/account/actions.ts": { changePasswordAction: "own account", endSessionsAction: "own account" },
  "app/(app)/settings/api-keys/actions.ts": { createApiKeyAction: "apiKey.edit", revokeApiKeyAction: "apiKey.edit" },
  "app/(app)/settings/egress/actions.ts": { allowAddressAction: "egress.edit", revokeAddressAction: "egress.edit" },
} as const satisfies Record<string, Record<string, Access>>;
