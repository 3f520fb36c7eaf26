import type { NeededExpression, ON_ERROR } from "#lib/engine/step-kind.ts";
import { findStepKind, type Step } from "#lib/engine/steps/registry.generated.ts";

/**
 * What a step that failed for good does to its run: *stop* ends it, *continue* goes on without the step, *path* goes on
 * after the step's error path.
 */
export type OnError = (typeof ON_ERROR)[number];

/** What a step's failure does. Settings of a kind that this version does not know are not read. */
export function onErrorOf(step: Step): OnError {
  return findStepKind(step.kind) === null ? "stop" : (step.settings?.onError ?? "stop");
}

/** The condition of a step, or null where it has none. */
export function conditionOf(step: Step): string | null {
  if (findStepKind(step.kind) === null || step.when === undefined || step.when.trim() === "") return null;
  return step.when;
}

/** The steps of a step's error path, or null where it has none. */
export function errorPathOf(step: Step): Step[] | null {
  return onErrorOf(step) === "path" ? (step.errorSteps ?? []) : null;
}

/** The place below a step where the steps of its error path stand in a run; no step id has a hyphen. */
export const ERROR_PATH = "on-error";

/** The expressions of a step: those its kind needs, and its condition where it has one. */
export function expressionsOf(step: Step): NeededExpression[] {
  const own = findStepKind(step.kind)?.expressions?.(step) ?? [];
  const source = conditionOf(step);
  return source === null ? own : [...own, { path: ["when"], source, what: "a condition" }];
}
