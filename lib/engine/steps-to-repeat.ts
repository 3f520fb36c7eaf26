import type { StepState } from "#lib/core/states.ts";
import { handledFailures, isInsideHandled } from "#lib/engine/handled-failures.ts";

/**
 * The failed step, the loops it stands in, and other items that failed in them. A failed step that has an output was
 * dealt with as its settings say and stays as it is, with what failed inside it.
 */
export function stepsToRepeat<Ran extends { path: string; status: StepState; outputDataId: string | null }>(
  steps: readonly Ran[],
  failedStep: string | null,
): Ran[] {
  const handled = handledFailures(steps);
  const failed = steps.filter(
    ({ status, path }) => status === "failed" && !handled.has(path) && !isInsideHandled(handled, path),
  );
  if (failedStep === null) return failed;
  const ancestors = failed.filter((step) => failedStep.startsWith(`${step.path}/`));
  return failed.filter(
    (step) =>
      step.path === failedStep ||
      ancestors.includes(step) ||
      ancestors.some((ancestor) => step.path.startsWith(`${ancestor.path}/`)),
  );
}
