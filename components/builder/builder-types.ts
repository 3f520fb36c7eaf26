import type { JsonSchema } from "#components/ui/json-schema.ts";
import type { Json } from "#lib/core/json.ts";
import type { FlowState } from "#lib/core/states.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** An action as the builder draws it. */
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
  schema: JsonSchema;
};

/** An event the sample chooser offers. */
export type SampleOption = { id: string; eventType: string | null; verdict: string; at: string };

/** What an endpoint offers a flow. */
export type EndpointSamples = { events: SampleOption[]; eventTypes: { eventType: string; count: number }[] };

/** Everything the builder starts with. */
export type BuilderData = EndpointSamples & {
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
  namedSamples: { id: string; name: string }[];
  /** What stops the draft from being published, as loaded. */
  problems: BuilderProblem[];
  may: { edit: boolean; publish: boolean; switch: boolean };
};

/** A problem that stops publishing, with its place. `stepId` null is the trigger or the flow. */
export type BuilderProblem = { path: readonly (string | number)[]; stepId: string | null; code: string; message: string };

/** What saving came to. */
export type SaveAnswer =
  | { kind: "saved"; revision: number; savedAt: string; problems: BuilderProblem[] }
  | { kind: "conflict"; by: string | null; at: string; revision: number; theirs: FlowDefinition }
  | { kind: "refused"; message: string };

/** What publishing came to. */
export type PublishAnswer = { kind: "published"; number: number; on: boolean } | { kind: "refused"; message: string; conflict: boolean };

/** The server's acts the builder uses; the page passes them in. */
export type BuilderActs = {
  save: (flowId: string, definition: FlowDefinition, expectedRevision: number) => Promise<SaveAnswer>;
  publish: (flowId: string, expectedVersion: number, expectedRevision: number, note: string) => Promise<PublishAnswer>;
  turn: (flowId: string, on: boolean) => Promise<{ kind: "done" } | { kind: "refused"; message: string }>;
  rename: (flowId: string, name: string) => Promise<{ kind: "done" } | { kind: "refused"; message: string }>;
  versions: (flowId: string) => Promise<{ number: number; note: string; at: string }[]>;
  version: (flowId: string, number: number) => Promise<FlowDefinition | null>;
  samples: (endpointId: string) => Promise<EndpointSamples>;
  remove: (flowId: string) => Promise<{ kind: "done" } | { kind: "refused"; message: string }>;
};
