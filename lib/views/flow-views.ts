import type { FlowState, RunState } from "#lib/core/states.ts";
import type { CatchUpView } from "#lib/engine/missed-view.ts";

/** A flow as the list shows it. */
export type FlowListItem = {
  id: string;
  name: string;
  state: FlowState;
  on: boolean;
  /** Since when it is off, an ISO text; null while it is on, or was never published. */
  offSince: string | null;
  catchUp: CatchUpView | null;
  version: number | null;
  endpointName: string | null;
  /** How it starts where no endpoint starts it. */
  startsBy: string | null;
  eventTypes: string[];
  stepCount: number;
  runs: number;
  failures: number;
  /** True when there were so many failures that only the newest are counted. */
  moreFailures: boolean;
  lastRun: { id: string; status: RunState; at: string } | null;
};
