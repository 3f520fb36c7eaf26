import type { BulkActs } from "#components/runs/bulk-acts.ts";
import { countRunsAction, readBulkActsAction, startBulkActAction, steerBulkActAction } from "./actions.ts";

/** What pages can ask the server for about acts on many runs. */
export const BULK_ACTS: BulkActs = {
  count: countRunsAction,
  start: startBulkActAction,
  steer: steerBulkActAction,
  read: readBulkActsAction,
};
