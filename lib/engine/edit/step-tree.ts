import { setIn } from "#lib/engine/edit/step-parts.ts";
import { childLists, type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";
import type { ChildList } from "#lib/engine/step-kind.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/**
 * A place between steps: the list of steps (its JSON path in the definition) and the index at which a step would stand.
 */
export type StepSlot = { list: readonly (string | number)[]; index: number };

/** A step with its place. */
export type PlacedStep = { step: Step; slot: StepSlot; depth: number };

/** Every step in run order with its place. */
export function placedSteps(flow: FlowDefinition): PlacedStep[] {
  return [...walkSteps(flow.steps)].map(({ step, path, depth }) => ({
    step,
    slot: { list: path.slice(0, -1), index: Number(path.at(-1)) },
    depth,
  }));
}

/** The step with this id and its place, or null. */
export function findPlaced(flow: FlowDefinition, stepId: string): PlacedStep | null {
  return placedSteps(flow).find(({ step }) => step.id === stepId) ?? null;
}

/** The list of steps at a JSON path; empty when there is none. */
export function stepsAt(flow: FlowDefinition, list: readonly (string | number)[]): readonly Step[] {
  let value: unknown = flow;
  for (const part of list) value = (value as Record<string | number, unknown> | undefined)?.[part];
  return Array.isArray(value) ? (value as Step[]) : [];
}

/** The flow with one list of steps replaced; everything else is shared, nothing is changed in place. */
export function withSteps(
  flow: FlowDefinition,
  list: readonly (string | number)[],
  steps: readonly Step[],
): FlowDefinition {
  return setIn(flow, list, steps);
}

/** The flow with steps inserted at a slot. */
export function insertSteps(flow: FlowDefinition, slot: StepSlot, added: readonly Step[]): FlowDefinition {
  const steps = stepsAt(flow, slot.list);
  return withSteps(flow, slot.list, [...steps.slice(0, slot.index), ...added, ...steps.slice(slot.index)]);
}

/** The flow without a step and what is inside it. */
export function removeStep(flow: FlowDefinition, stepId: string): FlowDefinition {
  const placed = findPlaced(flow, stepId);
  if (!placed) return flow;
  const { list, index } = placed.slot;
  return withSteps(
    flow,
    list,
    stepsAt(flow, list).filter((_, at) => at !== index),
  );
}

/** The flow with a step replaced by `change` of it. */
export function changeStep(flow: FlowDefinition, stepId: string, change: (step: Step) => Step): FlowDefinition {
  const placed = findPlaced(flow, stepId);
  if (!placed) return flow;
  const { list, index } = placed.slot;
  return withSteps(
    flow,
    list,
    stepsAt(flow, list).map((step, at) => (at === index ? change(step) : step)),
  );
}

/** All step ids inside a step, its own first. */
export function idsWithin(step: Step): string[] {
  return [step.id, ...[...childLists(step)].flatMap(({ steps }) => steps.flatMap(idsWithin))];
}

/**
 * The flow with a step one place up (-1) or down (1) in run order of its own list; at the edge of a branch or loop it
 * leaves it. Null when there is no further place.
 */
export function shiftStep(flow: FlowDefinition, stepId: string, by: -1 | 1): FlowDefinition | null {
  const placed = findPlaced(flow, stepId);
  if (!placed) return null;
  const { list, index } = placed.slot;
  const steps = [...stepsAt(flow, list)];
  const target = index + by;
  if (target >= 0 && target < steps.length) {
    steps.splice(index, 1);
    steps.splice(target, 0, placed.step);
    return withSteps(flow, list, steps);
  }
  const parent = holderOf(flow, list)?.slot ?? null;
  if (!parent) return null;
  const without = removeStep(flow, stepId);
  return insertSteps(without, { list: parent.list, index: by === -1 ? parent.index : parent.index + 1 }, [placed.step]);
}

/** The flow with a step taken out and put at a slot of the flow as it was; null when the slot lies inside the step. */
export function moveStep(flow: FlowDefinition, stepId: string, to: StepSlot): FlowDefinition | null {
  const placed = findPlaced(flow, stepId);
  if (!placed) return null;
  const own = [...placed.slot.list, placed.slot.index];
  if (own.every((part, at) => to.list[at] === part)) return null;
  // Insert first, then drop the original by identity: paths shift, the step object does not.
  const steps = stepsAt(flow, placed.slot.list);
  if (sameList(to.list, placed.slot.list)) {
    const rest = steps.filter((step) => step !== placed.step);
    const index = to.index > placed.slot.index ? to.index - 1 : to.index;
    return withSteps(flow, to.list, [...rest.slice(0, index), placed.step, ...rest.slice(index)]);
  }
  const marker: Step = { kind: "stop", id: "moving_step_marker", name: "-", outcome: "succeeded", reason: "" };
  const marked = insertSteps(flow, to, [marker]);
  const without = removeStep(marked, stepId);
  return changeStep(without, marker.id, () => placed.step);
}

function sameList(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a.length === b.length && a.every((part, at) => part === b[at]);
}

/** The step that holds a list of steps, and which of its lists it is; null for the top list. */
export function holderOf(
  flow: FlowDefinition,
  list: readonly (string | number)[],
): (PlacedStep & { within: ChildList }) | null {
  for (const placed of placedSteps(flow)) {
    const own = [...placed.slot.list, placed.slot.index];
    if (own.length >= list.length || !own.every((part, at) => part === list[at])) continue;
    const within = childLists(placed.step).find(({ path }) => sameList([...own, ...path], list));
    if (within) return { ...placed, within };
  }
  return null;
}
