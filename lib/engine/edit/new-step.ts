import type { Json } from "#lib/core/json.ts";
import { childLists, type FlowDefinition, type Step, walkSteps } from "#lib/engine/flow-definition.ts";

/** What can be added: an action of the registry, or one of the shapes a flow has by itself. */
export type NewStepKind =
  | { kind: "action"; action: string; title: string; blankInput: Json }
  | { kind: "branch" }
  | { kind: "forEach" }
  | { kind: "stop" };

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

/** Every id a flow has taken: steps, cases and branches. */
export function takenIds(flow: FlowDefinition): Set<string> {
  return new Set(
    [...walkSteps(flow.steps)].flatMap(({ step }) => [
      step.id,
      ...(step.kind === "branch" ? step.cases.map((one) => one.id) : []),
      ...(step.kind === "parallel" ? step.branches.map((one) => one.id) : []),
    ]),
  );
}

/** A new step with its name, an id of its own and nothing filled in. */
export function newStep(wanted: NewStepKind, flow: FlowDefinition): Step {
  const taken = takenIds(flow);
  switch (wanted.kind) {
    case "action":
      return {
        kind: "action",
        id: stepIdFrom(wanted.title, taken),
        name: uniqueName(wanted.title, flow),
        action: wanted.action,
        input: wanted.blankInput,
      };
    case "branch": {
      const id = stepIdFrom("branch", taken);
      return {
        kind: "branch",
        id,
        name: uniqueName("Branch", flow),
        cases: [{ id: stepIdFrom("case", new Set([...taken, id])), name: "If", when: "", steps: [] }],
        otherwise: [],
      };
    }
    case "forEach":
      return {
        kind: "forEach",
        id: stepIdFrom("each", taken),
        name: uniqueName("For each", flow),
        items: "",
        concurrency: 1,
        onItemError: "stop",
        steps: [],
      };
    case "stop":
      return {
        kind: "stop",
        id: stepIdFrom("stop", taken),
        name: uniqueName("Stop", flow),
        outcome: "succeeded",
        reason: "",
      };
  }
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
  const copy = (step: Step): Step => {
    const id = fresh(step.id);
    switch (step.kind) {
      case "branch":
        return {
          ...step,
          id,
          cases: step.cases.map((one) => ({ ...one, id: fresh(one.id), steps: one.steps.map(copy) })),
          otherwise: step.otherwise.map(copy),
        };
      case "forEach":
        return { ...step, id, steps: step.steps.map(copy) };
      case "parallel":
        return {
          ...step,
          id,
          branches: step.branches.map((one) => ({ ...one, id: fresh(one.id), steps: one.steps.map(copy) })),
        };
      case "action":
      case "delay":
      case "waitUntil":
      case "waitForCallback":
      case "callFlow":
      case "stop":
        return { ...step, id };
    }
  };
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
