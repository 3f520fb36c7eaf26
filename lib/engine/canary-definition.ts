import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** The flow of the worker's own proof of life: one step, no effect. */
export const CANARY_DEFINITION: FlowDefinition = {
  schema: 1,
  trigger: { endpointId: null, eventTypes: [], filter: null },
  runName: "",
  steps: [{ kind: "stop", id: "alive", name: "Alive", outcome: "succeeded", reason: "" }],
};
