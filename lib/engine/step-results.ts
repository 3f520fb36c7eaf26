import type { Gate } from "#lib/core/gate.ts";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";
import type { StepRow } from "#lib/engine/journal-rows.ts";
import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { StepBase } from "#lib/engine/step-kind.ts";

type AnyStep = StepBase & { kind: string };

/** What became of one step, or of a list of them. */
export type StepResult =
  /**
   * `output` is undefined where later steps see nothing (off, skipped); `inner`: outputs of steps inside a branch, seen
   * after it too.
   */
  | { kind: "done"; output: Written | undefined; inner?: WrittenObject }
  /** `attempts`: how often it was sent; left out where that was never. */
  | { kind: "failed"; path: string; code: string; message: string; attempts?: number }
  | Suspended
  /** A stop step ended the run, or `isOverdue`: its time was up. */
  | {
      kind: "stopped";
      path: string;
      outcome: "succeeded" | "failed" | "filtered";
      reason: string;
      isOverdue?: true;
    };

/** Not finished now; goes on in `wakeInMs`, when the gate opens, or after a person's decision when there is neither. */
export type Suspended = {
  kind: "suspended";
  wakeInMs: number | null;
  status: "retrying" | "waiting" | "needs a decision" | "queued";
  heldBackAt?: Gate;
};

/** The end of a run whose time is up, before the step at this path. */
export function overdueAt(path: string): StepResult {
  return { kind: "stopped", path, outcome: "failed", reason: "The run's time was up.", isOverdue: true };
}

/** Why a step with steps inside ended with its run: a stop step in one of them, or the run's time. */
export function whyStopped(stopped: Extract<StepResult, { kind: "stopped" }>, place: string): string {
  return stopped.isOverdue === true ? stopped.reason : `A stop step ended the run ${place}.`;
}

/** The one suspension that stands for several: the earliest wake; a person's decision only when nothing else is due. */
export function mergeSuspensions(list: readonly Suspended[]): Suspended | null {
  let merged: Suspended | null = null;
  for (const one of list) {
    if (merged === null) merged = one;
    else if (one.wakeInMs !== null && (merged.wakeInMs === null || one.wakeInMs < merged.wakeInMs)) merged = one;
    else if (merged.status === "needs a decision" && one.heldBackAt !== undefined) merged = one;
  }
  // Whatever is due first: what waits at a gate goes on as soon as that opens.
  const heldBackAt = list.find((one) => one.heldBackAt !== undefined)?.heldBackAt;
  return merged === null || heldBackAt === undefined ? merged : { ...merged, heldBackAt };
}

/** A new journal row for a step that begins now. */
export function beginRow(step: AnyStep, path: string, seq: number, now: Date): StepRow {
  return {
    path,
    stepId: step.id,
    seq,
    kind: step.kind,
    action: "action" in step && typeof step.action === "string" ? step.action : null,
    status: "running",
    idempotencyKey: null,
    attempts: 0,
    inputDataId: null,
    effectDataId: null,
    outputDataId: null,
    errorCode: null,
    errorMessage: null,
    warnings: null,
    nextAttemptInMs: null,
    startedAt: now,
    finishedAt: null,
  };
}

/** Records a step that this run passes by: it is off, stands in a way not taken, or its condition was not met. */
export function markPassed(
  frame: RunFrame,
  step: AnyStep,
  path: string,
  status: "off" | "skipped",
  reason: Partial<Pick<StepRow, "errorCode" | "errorMessage" | "warnings">> = {},
): void {
  const row = beginRow(step, path, frame.seqOf(step), frame.ports.now());
  frame.journal.record({ ...row, ...reason, status, startedAt: null });
}

/** Records a step that failed without any effect, and says so. */
export function failStep(frame: RunFrame, step: AnyStep, path: string, code: string, message: string): StepResult {
  const now = frame.ports.now();
  frame.journal.record({
    ...beginRow(step, path, frame.seqOf(step), now),
    status: "failed",
    errorCode: code,
    errorMessage: message,
    finishedAt: now,
  });
  return { kind: "failed", path, code, message };
}

/**
 * Ends a step that is still open when its run ends: a loop around a stop, an item that waited for its next try while
 * another one failed the run. Why it was open, where that is known, stays.
 */
export function endWithRun(row: StepRow, now: Date, message = "The run ended before this step was done."): void {
  row.status = "canceled";
  row.nextAttemptInMs = null;
  row.finishedAt = now;
  if (row.errorCode !== null) return;
  row.errorCode = "run-ended";
  row.errorMessage = message;
}
