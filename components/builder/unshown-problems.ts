import type { BuilderProblem } from "#lib/engine/edit/builder-data.ts";
import { findPlaced } from "#lib/engine/edit/step-tree.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

/** Problems whose words the panel of a step has a place of its own for. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set([
  "nobody-waits",
  "connection-gone",
  "unknown-action",
  "unknown-kind",
]);

/**
 * Of a draft's problems those of one step that no field of its form shows; its condition stands on another tab. A field
 * shows what is wrong with its own text; `isFolded` says which of an action's fields are out of sight.
 */
export function unshownProblems(
  definition: FlowDefinition,
  stepId: string,
  problems: readonly BuilderProblem[],
  isFolded: (field: string) => boolean,
): BuilderProblem[] {
  const placed = findPlaced(definition, stepId);
  if (placed === null) return [];
  return problems.filter((problem) => {
    if (problem.stepId !== stepId || SHOWN_ELSEWHERE.has(problem.code)) return false;
    const path = problem.path.slice(placed.slot.list.length + 1);
    const isText = typeof path.reduce<unknown>(memberOf, placed.step) === "string";
    return !isText || path[0] === "when" || (path[0] === "input" && isFolded(String(path[1])));
  });
}

function memberOf(value: unknown, part: string | number): unknown {
  return typeof value === "object" && value !== null ? (value as Record<string | number, unknown>)[part] : undefined;
}
