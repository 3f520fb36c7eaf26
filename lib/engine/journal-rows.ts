import type { Gate } from "#lib/core/gate.ts";
import type { Written } from "#lib/core/json-text.ts";
import type { RunState, StepState } from "#lib/core/states.ts";
import type { Effect } from "#lib/engine/effect.ts";
import type { StepWarning } from "#lib/engine/step-warnings.ts";

/** One row of the journal: a step at one place of a run, written whole each time; what was written last counts. */
export type StepRow = {
  /** Step ids joined by "/", loop items as "[3]": "orders/[3]/mail". */
  path: string;
  stepId: string;
  /** The step's place in reading order of the definition. */
  seq: number;
  kind: string;
  action: string | null;
  status: StepState;
  idempotencyKey: string | null;
  attempts: number;
  inputDataId: string | null;
  effectDataId: string | null;
  outputDataId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  /** What of its values is worth a mark, as `keepWarnings` gives it; null = nothing. */
  warnings: readonly StepWarning[] | null;
  /** Milliseconds from the database's now until the next try; null = none is planned. */
  nextAttemptInMs: number | null;
  startedAt: Date | null;
  finishedAt: Date | null;
};

/** One try at an effect. */
export type AttemptRow = {
  path: string;
  number: number;
  outcome: "started" | "done" | "failed" | "unknown";
  answerDataId: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  retryInMs: number | null;
  startedAt: Date;
  finishedAt: Date | null;
};

/**
 * A value kept as JSON text, secrets already removed; `sealed` is the whole where there were any and the run needs it.
 */
export type DataRow = {
  id: string;
  kind: "input" | "effect" | "output" | "answer";
  json: string;
  sealed: Uint8Array | null;
};

/** How a write leaves the run: still held, handed back with a time to go on, or ended for good. */
export type RunChange =
  | { kind: "hold"; name: string | null; progress: boolean }
  | {
      kind: "release";
      name: string | null;
      status: Extract<RunState, "queued" | "waiting" | "retrying" | "needs a decision">;
      /** A job is added for then; null = only a person's decision wakes it. */
      wakeInMs: number | null;
      /** It goes on when this gate opens, and at `wakeInMs` if that is sooner. Left out: it waits at none. */
      heldBackAt?: Gate;
      /** False keeps the counts of claims without progress: a run that always ends like this is quarantined. */
      progress: boolean;
      /** The claim proves nothing against the run: the database was away, not the run at fault. */
      forgiven?: true;
      /** The body it went through is not what its headers say. */
      bodyDeviates?: true;
      errorCode: string | null;
      errorMessage: string | null;
    }
  | {
      kind: "finish";
      name: string | null;
      status: Extract<RunState, "succeeded" | "failed" | "filtered">;
      errorCode: string | null;
      errorMessage: string | null;
      failedStep: string | null;
      effectCounts: Readonly<Record<string, number>>;
      /** False when the steps were not walked to this end: those still open are ended by the write. */
      walked?: false;
      /** The body it went through is not what its headers say. */
      bodyDeviates?: true;
    };

/** Everything that becomes durable at once, or not at all when the lease is gone. */
export type JournalWrite = {
  steps: StepRow[];
  attempts: AttemptRow[];
  data: DataRow[];
  run: RunChange;
};

/** What names an attempt among those of its run. */
export function attemptKey({ path, number }: Pick<AttemptRow, "path" | "number">): string {
  return `${path}#${number}`;
}

/** A step as an earlier worker left it. */
export type SavedStep = {
  row: StepRow;
  /** Whether the time of its next try has come, by the database's clock. */
  due: boolean;
  input: Written | undefined;
  effect: Effect | undefined;
  output: Written | undefined;
  /** The last try; "started" means its worker was lost meanwhile. */
  lastAttempt: AttemptRow | null;
  /** Secrets in these values that must not be shown. */
  hidden: readonly string[];
  /** Tries that do not count any more: those before a person resumed the run or decided. */
  attemptsBefore: number;
};

/** Tries that came to nothing by Hookline's own doing: they use up none of a step's tries. Kept with the attempt. */
export const OWN_FAULTS = ["worker-lost", "not-performed"] as const;

/** Thrown by an effect's performer when it could not begin: nothing was sent, and the run is taken up again. */
export class NotPerformedError extends Error {
  override name = "NotPerformedError";
}

/** Thrown when a write found the run held by somebody else (or ended): whoever sees it must stop at once. */
export class LeaseLostError extends Error {
  override name = "LeaseLostError";
  readonly runId: string;
  constructor(runId: string) {
    super(`The lease of run ${runId} is lost.`);
    this.runId = runId;
  }
}
