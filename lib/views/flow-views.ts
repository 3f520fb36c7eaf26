import type { FlowState, RunState } from "#lib/core/states.ts";

/** A flow as the list shows it. */
export type FlowListItem = {
  id: string;
  name: string;
  state: FlowState;
  version: number | null;
  endpointName: string | null;
  eventTypes: string[];
  stepCount: number;
  runs: number;
  failures: number;
  /** True when there were so many failures that only the newest are counted. */
  moreFailures: boolean;
  lastRun: { id: string; status: RunState; at: string } | null;
};
