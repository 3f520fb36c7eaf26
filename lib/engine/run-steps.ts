import { isJsonObject } from "#lib/core/json.ts";
import { isWrittenObject, readWritten, type Written, type WrittenObject } from "#lib/core/json-text.ts";
import { type BranchStep, type Step, type StopStep, walkSteps } from "#lib/engine/flow-definition.ts";
import { isTruthy } from "#lib/engine/is-truthy.ts";
import { runActionStep } from "#lib/engine/run-action-step.ts";
import { runForEach } from "#lib/engine/run-for-each.ts";
import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { Scope } from "#lib/engine/run-ports.ts";
import { beginRow, type StepResult } from "#lib/engine/step-results.ts";

/**
 * Runs a list of steps in order; each sees the outputs of those before it. Ends early at a failure, a wait or a stop.
 */
export async function runSteps(
  frame: RunFrame,
  steps: readonly Step[],
  parent: string,
  scope: Scope,
): Promise<StepResult> {
  const outputs: WrittenObject = {};
  for (const step of steps) {
    const path = parent === "" ? step.id : `${parent}/${step.id}`;
    const result = step.off === true ? switchedOff(frame, step, path) : await runStep(frame, step, path, scope);
    if (result.kind !== "done") return result;
    if (result.output === undefined) continue;
    const seen = { [step.id]: result.output, ...result.inner };
    Object.assign(outputs, seen);
    scope = { ...scope, steps: { ...scope.steps, ...seen } };
  }
  return { kind: "done", output: outputs };
}

function runStep(frame: RunFrame, step: Step, path: string, scope: Scope): Promise<StepResult> | StepResult {
  switch (step.kind) {
    case "action":
      return runActionStep(frame, step, path, scope);
    case "branch":
      return runBranch(frame, step, path, scope);
    case "forEach":
      return runForEach(frame, step, path, scope, runSteps);
    case "stop":
      return runStop(frame, step, path);
    case "parallel":
    case "delay":
    case "waitUntil":
    case "waitForCallback":
    case "callFlow":
      // Publishing refuses these; a version that has one anyway must say so instead of passing it by.
      return failStep(
        frame,
        step,
        path,
        "unsupported-step",
        `The step "${step.name}" is of the kind ${step.kind}, which this version of Hookline cannot run.`,
      );
  }
}

function switchedOff(frame: RunFrame, step: Step, path: string): StepResult {
  if (frame.journal.find(path) === null) markPassed(frame, step, path, "off");
  return { kind: "done", output: undefined };
}

/** Takes the first case that is true; the choice is kept, so a retry later in the branch cannot change it. */
async function runBranch(frame: RunFrame, step: BranchStep, path: string, scope: Scope): Promise<StepResult> {
  const { ports, journal } = frame;
  const saved = journal.find(path);
  let taken = saved?.row.status === "succeeded" ? readChoice(saved.output) : undefined;
  if (taken === undefined) {
    const row = beginRow(step, path, frame.seqOf(step), ports.now());
    const place = frame.placeOf(path, row.startedAt ?? ports.now());
    taken = null;
    for (const one of step.cases) {
      const outcome = await ports.evaluate(one.when, scope, { ...place, seed: `${place.seed}/${one.id}` });
      if (outcome.kind === "failed")
        return failStep(frame, step, path, outcome.code, `The condition of "${one.name}" failed: ${outcome.message}`);
      if (outcome.kind === "value" && isTruthy(outcome.value)) {
        taken = one.id;
        break;
      }
    }
    row.status = "succeeded";
    row.outputDataId = journal.keep("output", { case: taken });
    row.finishedAt = ports.now();
    journal.record(row);
    for (const one of step.cases) if (one.id !== taken) markSkipped(frame, one.steps, path);
    if (taken !== null) markSkipped(frame, step.otherwise, path);
  }
  const chosen = taken === null ? step.otherwise : (step.cases.find((one) => one.id === taken)?.steps ?? []);
  const result = await runSteps(frame, chosen, path, scope);
  if (result.kind !== "done") return result;
  return { kind: "done", output: { case: taken }, inner: isWrittenObject(result.output) ? result.output : {} };
}

/** The case a branch took (null: none), as it was kept; undefined for anything else. */
function readChoice(output: Written | undefined): string | null | undefined {
  const kept = output === undefined ? null : readWritten(output);
  const taken = isJsonObject(kept) ? kept["case"] : undefined;
  return taken === null || typeof taken === "string" ? taken : undefined;
}

/** Rows for the steps of a way not taken, so that the record shows them as skipped rather than missing. */
function markSkipped(frame: RunFrame, steps: readonly Step[], parent: string): void {
  for (const { step, depth } of walkSteps([...steps]))
    if (depth === 1) markPassed(frame, step, `${parent}/${step.id}`, "skipped");
}

function markPassed(frame: RunFrame, step: Step, path: string, status: "off" | "skipped"): void {
  frame.journal.record({ ...beginRow(step, path, frame.seqOf(step), frame.ports.now()), status, startedAt: null });
}

function runStop(frame: RunFrame, step: StopStep, path: string): StepResult {
  const now = frame.ports.now();
  const row = { ...beginRow(step, path, frame.seqOf(step), now), status: "succeeded" as const, finishedAt: now };
  row.outputDataId = frame.journal.keep("output", { outcome: step.outcome, reason: step.reason });
  frame.journal.record(row);
  return { kind: "stopped", path, outcome: step.outcome, reason: step.reason };
}

/** Records a step that failed without any effect, and says so. */
export function failStep(frame: RunFrame, step: Step, path: string, code: string, message: string): StepResult {
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
