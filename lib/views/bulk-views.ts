import type { JsonObject } from "#lib/core/json.ts";
import type { RunState } from "#lib/core/states.ts";
import { HIDDEN_WORDS } from "#lib/views/payload-mask.ts";

/** Why runs of an act could not be acted on: how many of each reason and words, with at most five of them. */
export type RefusedReasonView = { reason: string; words: string; count: number; runIds: string[] };

/** An act on many runs as the page of runs shows it. */
export type BulkActView = {
  id: string;
  kind: "resume" | "replay" | "cancel";
  state: "counted" | "running" | "paused" | "canceled" | "done";
  stopReason: string | null;
  version: string;
  perSecond: number;
  total: number;
  done: number;
  refused: number;
  reasons: RefusedReasonView[];
};

/** Which runs an act is about, as pages ask for it; everything left out means all. */
export type BulkFilterView = {
  runIds?: readonly string[];
  statuses?: RunState[];
  kind?: "event" | "replay" | "test";
  flowId?: string;
  endpointId?: string;
  eventId?: string;
  eventType?: string;
  replayOf?: string;
  from?: string;
  search?: string;
  failedStep?: string;
  errorCode?: string;
  refusedBy?: { bulkId: string; reason?: string };
};

/** Counted runs as the dialog shows them before anything is done. */
export type CountedView = { id: string; total: number; states: Record<string, number> };

/** A filter for a role: what was searched for may be out of a payload. */
export function maskFilter(sees: boolean, filter: JsonObject): JsonObject {
  return sees || filter["search"] === undefined ? filter : { ...filter, search: HIDDEN_WORDS };
}
