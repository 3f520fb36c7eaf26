import type { ActionResult } from "#lib/core/action-result.ts";
import type { BulkActView, BulkFilterView, CountedView } from "#lib/views/bulk-views.ts";

/** What pages can ask the server for about acts on many runs. */
export type BulkActs = {
  count(wish: { kind: BulkActView["kind"]; filter: BulkFilterView }): Promise<ActionResult<CountedView>>;
  start(id: string, choice: { version?: string; perSecond?: number }): Promise<ActionResult>;
  steer(id: string, way: "pause" | "resume" | "cancel"): Promise<ActionResult>;
  read(): Promise<ActionResult<BulkActView[]>>;
};

/** So many runs, in words. */
export function runsWords(count: number): string {
  return count === 1 ? "1 run" : `${count.toLocaleString("en")} runs`;
}

/** What an act does, as its button says it. */
export const BULK_VERBS = { resume: "Resume", replay: "Replay", cancel: "Cancel" } as const;
