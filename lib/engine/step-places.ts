import { childLists } from "#lib/engine/flow-definition.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { ERROR_PATH } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** Where a step stands in the runs of a definition: its path with `[]` for the item of each loop around it. */
export type StepPlace = {
  step: Step;
  /** Its place in reading order. */
  seq: number;
  /** Step ids, `[]` for an item, "on-error" for an error path. */
  parts: readonly string[];
};

/** Every step of a definition by its id. */
export function placesOf(steps: readonly Step[]): Map<string, StepPlace> {
  const places = new Map<string, StepPlace>();
  const walk = (list: readonly Step[], parent: readonly string[]) => {
    for (const step of list) {
      const parts = [...parent, step.id];
      places.set(step.id, { step, seq: places.size, parts });
      const inside = stepKindOf(step).repeats === true ? [...parts, "[]"] : parts;
      for (const child of childLists(step))
        walk(child.steps, child.afterError === true ? [...parts, ERROR_PATH] : inside);
    }
  };
  walk(steps, []);
  return places;
}

/**
 * The path of the same step and items at another place: "orders/[3]/mail" becomes "orders/[3]/way/mail" at
 * `orders/[]/way/mail`. Null when it stands in other loops there, so that no item is the same.
 */
export function pathAt(place: StepPlace, path: string): string | null {
  const items = loopItems(path.split("/"));
  const found: string[] = [];
  let next = 0;
  for (const [index, part] of place.parts.entries()) {
    if (part !== "[]") {
      found.push(part);
      continue;
    }
    const item = items[next];
    if (item === undefined || item.loop !== place.parts[index - 1]) return null;
    found.push(item.item);
    next += 1;
  }
  return next === items.length ? found.join("/") : null;
}

function loopItems(parts: readonly string[]): { loop: string | undefined; item: string }[] {
  return parts.flatMap((item, index) => (item.startsWith("[") ? [{ loop: parts[index - 1], item }] : []));
}
