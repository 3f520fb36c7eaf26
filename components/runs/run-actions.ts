import type { ActionResult } from "#lib/core/action-result.ts";
import type { StepMove } from "#lib/engine/move-run.ts";

/** What a person can decide about an effect whose outcome nobody knows. */
export type StepDecision = "send again" | "treat as sent" | "skip" | "give up";

/** What resuming with another version will do, step by step. */
export type ResumePreview = { version: { number: number }; moves: readonly StepMove[] };

/** What the page of a run can ask the server for. */
export type RunActions = {
  resume(runId: string, version: "original" | "live"): Promise<ActionResult>;
  previewResume(runId: string): Promise<ActionResult<ResumePreview>>;
  replay(
    runId: string,
    wanted: { version: "original" | "live"; sameKeys: boolean; body: string | null },
  ): Promise<ActionResult<{ runId: string }>>;
  cancel(runId: string): Promise<ActionResult>;
  decide(runId: string, path: string, decision: StepDecision): Promise<ActionResult>;
  answer(given: { runId: string; path: string; choice: string; note: string }): Promise<ActionResult>;
  allow(input: {
    address: string;
    port: number;
    note: string;
  }): Promise<ActionResult<{ id: string; released: number }>>;
  allowHost(connectionId: string, host: string): Promise<ActionResult<{ released: number }>>;
};
