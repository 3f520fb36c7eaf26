import type { StepKind } from "#lib/engine/step-kind.ts";
import { findStepKind, type Step } from "#lib/engine/steps/registry.generated.ts";
import { UNKNOWN_KIND } from "#lib/engine/unknown-step.ts";

/** The kind of a step; for one that this version does not know, a kind that keeps it as it is and cannot run. */
export function stepKindOf(step: Pick<Step, "kind">): StepKind {
  return findStepKind(step.kind) ?? UNKNOWN_KIND;
}
