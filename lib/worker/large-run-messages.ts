import type { ClaimedRun } from "#lib/db/claims.ts";
import type { RunEnding } from "#lib/engine/run-flow.ts";

/** What a worker tells its process for large bodies: work on this run; begin no new effect; give up those under way. */
export type ToLargeRuns = { kind: "work"; run: ClaimedRun } | { kind: "drain" } | { kind: "abort" };

/** How many attempts of an action had an outcome. */
export type AttemptCount = { action: string; outcome: string; count: number };

/** What that process tells: how a run ended, or that it failed; `lost`: it went to somebody else. */
export type FromLargeRuns =
  | { kind: "ended"; runId: string; ending: RunEnding; attempts: AttemptCount[] }
  | { kind: "failed"; runId: string; lost: boolean; message: string };
