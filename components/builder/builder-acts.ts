import type { BuilderProblem, EndpointSamples } from "#lib/engine/edit/builder-data.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** What saving came to. */
export type SaveAnswer =
  | { kind: "saved"; revision: number; savedAt: string; problems: BuilderProblem[] }
  | { kind: "conflict"; by: string | null; at: string; revision: number; theirs: FlowDefinition }
  | { kind: "refused"; message: string };

/** What publishing came to. */
export type PublishAnswer =
  | { kind: "published"; number: number; on: boolean }
  | { kind: "refused"; message: string; conflict: boolean };

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
