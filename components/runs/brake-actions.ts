import type { ActionResult } from "#lib/core/action-result.ts";

/** What is let go under the brake: everything, one flow, or so many runs a minute (null = none any more). */
export type BrakeRelease =
  | { what: "all" }
  | { what: "flow"; flowId: string }
  | { what: "rate"; perMinute: number | null };

/** What pages can ask the server for about the brake. */
export type BrakeActions = {
  pull(reason: string): Promise<ActionResult>;
  release(release: BrakeRelease): Promise<ActionResult>;
};
