import type { StepState } from "#lib/core/states.ts";
import { ERROR_PATH } from "#lib/engine/step-settings.ts";

/** A step of a run as far as it tells whether its failure was dealt with. */
type PlacedState = { path: string; status: StepState; outputDataId: string | null };

/**
 * The paths of failed steps that the run went on after, as their settings say: they have an output. Not those that
 * failed inside them.
 */
export function handledFailures(steps: readonly PlacedState[]): Set<string> {
  const handled = steps.filter(({ status, outputDataId }) => status === "failed" && outputDataId !== null);
  return new Set(handled.map(({ path }) => path));
}

/** Whether a step failed inside one whose failure was dealt with; one of its error path stands behind the failure. */
export function isInsideHandled(handled: ReadonlySet<string>, path: string): boolean {
  if (handled.size === 0) return false;
  const parts = path.split("/");
  return parts.some(
    (_, index) => index > 0 && parts[index] !== ERROR_PATH && handled.has(parts.slice(0, index).join("/")),
  );
}
