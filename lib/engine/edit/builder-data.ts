import type { FlowState } from "#lib/core/states.ts";
import type { Action } from "#lib/engine/action.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { JsonSchema } from "#lib/engine/input-schema.ts";
import type { CatchUpView } from "#lib/engine/missed-view.ts";

/** An action as the builder draws it: its words, what a new step starts with, and its input as JSON Schema. */
export type ActionCard = Pick<
  Action,
  | "id"
  | "title"
  | "description"
  | "synonyms"
  | "icon"
  | "connectionKinds"
  | "connectionRequired"
  | "blankInput"
  | "example"
> & { schema: JsonSchema };

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
    /** Since when it is off; null while it is on, or was never published. */
    offSince: string | null;
    catchUp: CatchUpView | null;
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
  /** What is wrong with the draft, as loaded. */
  problems: BuilderProblem[];
  may: { edit: boolean; publish: boolean; turnOn: boolean; turnOff: boolean; runMissed: boolean };
};

/** A problem of the draft with its place; errors stop publishing. `stepId` null is the trigger or the flow. */
export type BuilderProblem = {
  path: readonly (string | number)[];
  stepId: string | null;
  code: string;
  severity: "error" | "warning";
  message: string;
};
