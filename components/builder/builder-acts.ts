import type { SwitchActs } from "#components/flows/missed-acts.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import type { BuilderProblem, EndpointSamples } from "#lib/engine/edit/builder-data.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { CatchUpView, MissedWish } from "#lib/engine/missed-view.ts";

/** What saving came to. */
export type SaveAnswer =
  | { kind: "saved"; revision: number; savedAt: string; problems: BuilderProblem[] }
  | { kind: "conflict"; by: string | null; at: string; revision: number; theirs: FlowDefinition };

/** A published version as lists show it. */
export type PublishedVersion = { number: number; note: string; at: string };

/** The server's acts the builder uses; the page passes them in. */
export type BuilderActs = {
  save: (flowId: string, definition: FlowDefinition, expectedRevision: number) => Promise<ActionResult<SaveAnswer>>;
  /** Refused as "published-meanwhile" when somebody else published first. */
  publish: (
    flowId: string,
    expectedVersion: number,
    expectedRevision: number,
    note: string,
    missed: MissedWish,
  ) => Promise<ActionResult<{ number: number; on: boolean; catchUp: CatchUpView | null }>>;
  switching: SwitchActs;
  rename: (flowId: string, name: string) => Promise<ActionResult>;
  versions: (flowId: string) => Promise<ActionResult<PublishedVersion[]>>;
  version: (flowId: string, number: number) => Promise<ActionResult<FlowDefinition | null>>;
  /** The newest events of an endpoint, or of the flow itself where no endpoint starts it. */
  samples: (endpointId: string) => Promise<ActionResult<EndpointSamples>>;
  /** Runs the live version of a flow without an endpoint; `body` is JSON text. */
  runNow: (flowId: string, body: string) => Promise<ActionResult<{ eventId: string; runId: string }>>;
  remove: (flowId: string) => Promise<ActionResult>;
};
