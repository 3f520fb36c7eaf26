import { findPlaced, parentSlot, stepsAt } from "#lib/engine/edit/step-tree.ts";
import type { FlowDefinition, ForEachStep, Step } from "#lib/engine/flow-definition.ts";

/** What a step can read: earlier steps in run order, and the loop it stands in (the innermost). */
export type Visible = { earlier: Step[]; loop: ForEachStep | null };

/**
 * The steps whose outputs a step can read: those before it in its own list and in the lists around it, and what is
 * inside earlier branches. Steps inside an earlier loop are read through the loop's own output. Steps that are off have
 * none.
 */
export function visibleSteps(flow: FlowDefinition, stepId: string): Visible {
  const placed = findPlaced(flow, stepId);
  if (!placed) return { earlier: [], loop: null };
  let earlier: Step[] = [];
  let loop: ForEachStep | null = null;
  let slot = placed.slot as { list: readonly (string | number)[]; index: number } | null;
  while (slot) {
    earlier = [...stepsAt(flow, slot.list).slice(0, slot.index).flatMap(readable), ...earlier];
    const parent = parentSlot(slot.list);
    const holder = parent ? stepsAt(flow, parent.list)[parent.index] : undefined;
    if (holder?.kind === "forEach" && loop === null) loop = holder;
    slot = parent;
  }
  return { earlier, loop };
}

function readable(step: Step): Step[] {
  if (step.off === true) return [];
  switch (step.kind) {
    case "action":
    case "forEach":
    case "callFlow":
    case "waitForCallback":
      return [step];
    case "branch":
      return [step, ...step.cases.flatMap((one) => one.steps.flatMap(readable)), ...step.otherwise.flatMap(readable)];
    case "parallel":
      return step.branches.flatMap((one) => one.steps.flatMap(readable));
    case "delay":
    case "waitUntil":
    case "stop":
      return [];
  }
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
