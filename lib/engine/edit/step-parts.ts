import { childLists } from "#lib/engine/flow-definition.ts";
import type { StepPath } from "#lib/engine/step-kind.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { expressionsOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** A value with the one at a path replaced; everything else is shared, nothing is changed in place. */
export function setIn<Whole>(whole: Whole, path: StepPath, next: unknown): Whole {
  const [part, ...rest] = path;
  if (part === undefined) return next as Whole;
  if (Array.isArray(whole))
    return whole.map((item: unknown, index) => (index === part ? setIn(item, rest, next) : item)) as Whole;
  const object = whole as Record<string | number, unknown>;
  return { ...object, [part]: setIn(object[part], rest, next) } as Whole;
}

/** The step with each list of steps inside it passed through a function. */
export function mapChildren(step: Step, turn: (steps: readonly Step[]) => Step[]): Step {
  return childLists(step).reduce((changed, { path, steps }) => setIn(changed, path, turn(steps)), step);
}

/** The step with the ids of its parts, such as the ways of a branch, passed through a function; not its own. */
export function mapPartIds(step: Step, turn: (id: string) => string): Step {
  return partIds(step).reduce((changed, { path, id }) => setIn(changed, path, turn(id)), step);
}

/** The ids of a step's parts with their places, such as the ways of a branch. */
export function partIds(step: Step): { path: StepPath; id: string }[] {
  return stepKindOf(step).ids?.(step) ?? [];
}

/** Every text of a step that may name other steps, with its place; not those of steps inside it. */
export function textSpots(step: Step): { path: StepPath; text: string }[] {
  const expressions = expressionsOf(step).map(({ path, source }) => ({ path, text: source }));
  return [...expressions, ...(stepKindOf(step).texts?.(step) ?? [])];
}
