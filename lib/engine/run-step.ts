import type { JsonObject } from "#lib/core/json.ts";
import { isWrittenObject, JsonText, type Written } from "#lib/core/json-text.ts";
import { isTruthy } from "#lib/engine/is-truthy.ts";
import type { SavedStep } from "#lib/engine/journal-rows.ts";
import { statusOf } from "#lib/engine/retry.ts";
import type { StepRun } from "#lib/engine/step-kind.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { beginRow, markPassed, type StepResult } from "#lib/engine/step-results.ts";
import { conditionOf, ERROR_PATH, errorPathOf, onErrorOf } from "#lib/engine/step-settings.ts";
import { keepWarnings, type StepWarning } from "#lib/engine/step-warnings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** Marks the rows of steps whose condition decided about them. */
const CONDITION_FAILED = "condition-failed";
const CONDITION_UNMET = "condition-not-met";

type Failed = Extract<StepResult, { kind: "failed" }>;

/**
 * Runs one step as its settings have it, whatever its kind: passes by one that is off or whose condition is not met,
 * and does with a failure what the step says. Both are decided once and kept: who goes on later finds the decision.
 */
export async function runStep(run: StepRun<Step>): Promise<StepResult> {
  const { frame, step, path } = run;
  const saved = frame.journal.find(path);
  if (step.off === true) {
    if (saved === null) markPassed(frame, step, path, "off");
    return { kind: "done", output: undefined };
  }
  if (saved?.row.status === "skipped") return { kind: "done", output: undefined };
  if (isHandled(step, saved)) return afterFailure(run, saved.output);
  const unmet = await askCondition(run, saved);
  const result = unmet ?? (await stepKindOf(step).run(run));
  return result.kind === "failed" && onErrorOf(step) !== "stop" ? handle(run, result) : result;
}

/** A failed step with an output is one that its run has passed: it is not run again, not by a person either. */
function isHandled(step: Step, saved: SavedStep | null): saved is SavedStep & { output: Written } {
  return saved?.row.status === "failed" && saved.output !== undefined && onErrorOf(step) !== "stop";
}

/**
 * What the step's condition makes of it; null when it is to be run. A step that began is not asked again; one whose
 * condition failed has not, and a person who goes on has it asked once more.
 */
async function askCondition(run: StepRun<Step>, saved: SavedStep | null): Promise<StepResult | null> {
  const { frame, step, path, scope } = run;
  const source = conditionOf(step);
  if (source === null) return null;
  if (saved !== null && saved.row.startedAt !== null) return null;
  if (saved?.row.status === "failed")
    return { kind: "failed", path, code: CONDITION_FAILED, message: saved.row.errorMessage ?? "Its condition failed." };
  const outcome = await frame.ports.evaluate(source, scope, frame.placeOf(`${path}#when`, frame.ports.now()));
  if (outcome.kind === "failed") return failCondition(run, `Its condition failed: ${outcome.message}`);
  if (outcome.kind === "nothing" || !isTruthy(outcome.value)) {
    const warnings: StepWarning[] = [];
    if (outcome.kind === "value" && outcome.losesDigits === true)
      warnings.push({ kind: "lost-digits", field: "The condition", source });
    markPassed(frame, step, path, "skipped", {
      errorCode: CONDITION_UNMET,
      errorMessage: `Its condition was not met: ${source}`,
      warnings: keepWarnings(warnings),
    });
    return { kind: "done", output: undefined };
  }
  if (saved !== null)
    Object.assign(saved.row, { startedAt: frame.ports.now(), finishedAt: null, errorCode: null, errorMessage: null });
  return null;
}

function failCondition({ frame, step, path }: StepRun<Step>, message: string): StepResult {
  const row = beginRow(step, path, frame.seqOf(step), frame.ports.now());
  const failure = { errorCode: CONDITION_FAILED, errorMessage: message, finishedAt: row.startedAt };
  frame.journal.record({ ...row, ...failure, status: "failed", startedAt: null });
  return { kind: "failed", path, code: CONDITION_FAILED, message };
}

/** Keeps that the step's failure is dealt with, and goes on as the step says. */
async function handle(run: StepRun<Step>, failed: Failed): Promise<StepResult> {
  const { frame, step, path } = run;
  const { journal, ports } = frame;
  const now = ports.now();
  const row = journal.rowAt(path) ?? beginRow(step, path, frame.seqOf(step), now);
  const output = { error: onErrorOf(step) === "path" ? describe(failed) : plainly(failed) };
  row.status = "failed";
  row.errorCode = failed.code;
  row.errorMessage = failed.message;
  row.nextAttemptInMs = null;
  row.finishedAt ??= now;
  row.outputDataId = journal.keep("output", output);
  journal.record(row);
  journal.endWithin(path);
  return afterFailure(run, output);
}

function plainly({ code, message }: Failed): JsonObject {
  return { code, message };
}

/** What the error path sees as `error`; `status` only where an HTTP answer was the failure. */
function describe(failed: Failed): JsonObject {
  const status = statusOf(failed.code);
  return {
    step: failed.path.slice(failed.path.lastIndexOf("/") + 1),
    ...plainly(failed),
    ...(status === null ? {} : { status }),
    attempts: failed.attempts ?? 0,
  };
}

/** Walks the error path, if that is what the step has; later steps see both. */
async function afterFailure(run: StepRun<Step>, output: Written): Promise<StepResult> {
  const { frame, step, path, scope, runSteps } = run;
  const steps = errorPathOf(step);
  if (steps === null) return { kind: "done", output };
  const result = await runSteps(frame, steps, `${path}/${ERROR_PATH}`, { ...scope, error: errorIn(output) });
  if (result.kind !== "done") return result;
  return { kind: "done", output, inner: isWrittenObject(result.output) ? result.output : {} };
}

function errorIn(output: Written): Written {
  if (output instanceof JsonText) return output.member("error") ?? null;
  return isWrittenObject(output) ? (output["error"] ?? null) : null;
}
