import { findPlaced, holderOf, type StepSlot, stepsAt } from "#lib/engine/edit/step-tree.ts";
import { childLists, type FlowDefinition } from "#lib/engine/flow-definition.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/**
 * What a step can read: earlier steps in run order, the loop it stands in, and the step whose error path it stands in
 * (the innermost ones).
 */
export type Visible = { earlier: Step[]; loop: Step | null; failed: Step | null };

/**
 * The steps whose outputs a step can read: those before it in its own list and in the lists around it, and what is
 * inside earlier branches. Steps inside an earlier loop are read through the loop's own output. Steps that are off have
 * none.
 */
export function visibleSteps(flow: FlowDefinition, stepId: string): Visible {
  const placed = findPlaced(flow, stepId);
  if (!placed) return { earlier: [], loop: null, failed: null };
  let earlier: Step[] = [];
  let loop: Step | null = null;
  let failed: Step | null = null;
  let slot: StepSlot | null = placed.slot;
  while (slot) {
    earlier = [...stepsAt(flow, slot.list).slice(0, slot.index).flatMap(readable), ...earlier];
    const holder = holderOf(flow, slot.list);
    const isErrorPath = holder?.within.afterError === true;
    if (holder && isErrorPath) failed ??= holder.step;
    if (holder && !isErrorPath && stepKindOf(holder.step).repeats === true) loop ??= holder.step;
    slot = holder?.slot ?? null;
  }
  return { earlier, loop, failed };
}

function readable(step: Step): Step[] {
  if (step.off === true) return [];
  const kind = stepKindOf(step);
  const once = childLists(step).filter(({ afterError }) => afterError === true || kind.repeats !== true);
  const inside = once.flatMap(({ steps }) => steps.flatMap(readable));
  return kind.hasOutput ? [step, ...inside] : inside;
}

/** References that point to nothing the step can read, as "which step reads which id", for the whole flow. */
export function brokenReferences(
  flow: FlowDefinition,
  referencesOf: (step: Step) => string[],
  steps: readonly Step[],
): { stepId: string; id: string }[] {
  return steps.flatMap((step) => {
    const known = new Set(visibleSteps(flow, step.id).earlier.map((one) => one.id));
    return referencesOf(step).flatMap((id) => (known.has(id) ? [] : [{ stepId: step.id, id }]));
  });
}
