import type { WrittenObject } from "#lib/core/json-text.ts";
import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { Scope } from "#lib/engine/run-ports.ts";
import { runStep } from "#lib/engine/run-step.ts";
import { overdueAt, type StepResult } from "#lib/engine/step-results.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

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
    if (frame.isStopped()) return { kind: "suspended", wakeInMs: null, status: "queued" };
    const path = parent === "" ? step.id : `${parent}/${step.id}`;
    if (frame.isOverdue()) return overdueAt(path);
    const result = await runStep({ frame, step, path, scope, runSteps });
    if (result.kind !== "done") return result;
    if (result.output === undefined) continue;
    const seen = { [step.id]: result.output, ...result.inner };
    Object.assign(outputs, seen);
    scope = { ...scope, steps: { ...scope.steps, ...frame.shown(seen) } };
  }
  return { kind: "done", output: outputs };
}
