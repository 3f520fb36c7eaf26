import type { Json } from "#lib/core/json.ts";
import { mapChildren, mapPartIds, partIds } from "#lib/engine/edit/step-parts.ts";
import { childLists, type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** What can be added: an action of the registry, or a step of a kind that is offered by itself. */
export type NewStepKind =
  | { kind: "action"; action: string; title: string; blankInput: Json }
  | { kind: Exclude<Step["kind"], "action"> };

/** A step id made of a name: lower-case letters, digits and _, at most 40, and not one of those taken. */
export function stepIdFrom(name: string, taken: ReadonlySet<string>): string {
  const bare = name
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+|_+$/g, "")
    .slice(0, 32)
    .replace(/_+$/g, "");
  const base = bare === "" ? "step" : bare;
  if (!taken.has(base)) return base;
  for (let number = 2; ; number += 1) if (!taken.has(`${base}_${number}`)) return `${base}_${number}`;
}

/** Every id a flow has taken: steps, and parts of steps. */
export function takenIds(flow: FlowDefinition): Set<string> {
  return new Set([...walkSteps(flow.steps)].flatMap(({ step }) => [step.id, ...partIds(step).map(({ id }) => id)]));
}

/** A new step with its name, an id of its own and nothing filled in. Throws for a kind that is not offered. */
export function newStep(wanted: NewStepKind, flow: FlowDefinition): Step {
  const taken = takenIds(flow);
  const freshId = (base: string): string => {
    const id = stepIdFrom(base, taken);
    taken.add(id);
    return id;
  };
  if (wanted.kind === "action") {
    const { title, action, blankInput } = wanted;
    return { kind: "action", id: freshId(title), name: uniqueName(title, flow), action, input: blankInput };
  }
  const { choice, title, blank } = stepKindOf(wanted);
  if (choice === null) throw new Error(`steps of the kind ${wanted.kind} are not offered`);
  return { id: freshId(choice.idBase), name: uniqueName(title, flow), ...blank(freshId) } as Step;
}

/**
 * Copies of steps with ids of their own, and the old ids with their new ones; references among the copies are not
 * touched.
 */
export function withFreshIds(
  steps: readonly Step[],
  flow: FlowDefinition,
): { steps: Step[]; renamed: Map<string, string> } {
  const taken = takenIds(flow);
  const renamed = new Map<string, string>();
  const fresh = (id: string): string => {
    const next = stepIdFrom(id, taken);
    taken.add(next);
    if (next !== id) renamed.set(id, next);
    return next;
  };
  const copy = (step: Step): Step =>
    mapChildren(mapPartIds({ ...step, id: fresh(step.id) }, fresh), (inside) => inside.map(copy));
  return { steps: steps.map(copy), renamed };
}

function uniqueName(name: string, flow: FlowDefinition): string {
  const names = new Set([...walkSteps(flow.steps)].map(({ step }) => step.name));
  if (!names.has(name)) return name;
  for (let number = 2; ; number += 1) if (!names.has(`${name} ${number}`)) return `${name} ${number}`;
}

/** How many steps stand inside a step. */
export function countWithin(step: Step): number {
  return childLists(step).reduce(
    (sum, { steps }) => sum + steps.reduce((inner, child) => inner + 1 + countWithin(child), 0),
    0,
  );
}
