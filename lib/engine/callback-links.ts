import type { JsonObject } from "#lib/core/json.ts";
import { childLists } from "#lib/engine/flow-definition.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { ERROR_PATH } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/**
 * One address at which a step is answered from outside. Expressions read it at `run.callbacks.<step id>` and then
 * `path`; `link` names it among the step's and never changes. `choice`: the one answer it gives; null = any.
 * `by`: whose it is; empty = anybody's.
 */
export type CallbackLink = { path: readonly string[]; link: string; choice: string | null; by: string };

/** The address of a link of the step at a place of the run. */
export type CallbackUrl = (path: string, link: string) => string;

/** Whether a step in these lists, at any depth, is answered from outside. */
export function hasCallbacks(steps: readonly Step[]): boolean {
  return steps.some(
    (step) => stepKindOf(step).callbackLinks !== undefined || childLists(step).some((list) => hasCallbacks(list.steps)),
  );
}

/**
 * Every address of these steps by step id, as expressions see them. Steps inside a loop have one for each item, so only
 * `callbacksOf` with the item's own path as `parent` gives them.
 */
export function callbacksOf(steps: readonly Step[], parent: string, urlOf: CallbackUrl): JsonObject {
  const found: JsonObject = {};
  for (const step of steps) {
    if (step.off === true) continue;
    const kind = stepKindOf(step);
    const path = parent === "" ? step.id : `${parent}/${step.id}`;
    const links = kind.callbackLinks?.(step);
    if (links !== undefined) found[step.id] = treeOf(links, (link) => urlOf(path, link));
    for (const { steps: inside, afterError } of childLists(step)) {
      if (afterError === true) Object.assign(found, callbacksOf(inside, `${path}/${ERROR_PATH}`, urlOf));
      else if (kind.repeats !== true) Object.assign(found, callbacksOf(inside, path, urlOf));
    }
  }
  return found;
}

function treeOf(links: readonly CallbackLink[], urlOf: (link: string) => string): JsonObject {
  const tree: Record<string, string | Record<string, string>> = {};
  for (const { path, link } of links) {
    const [first = "", second] = path;
    if (second === undefined) tree[first] = urlOf(link);
    else tree[first] = { ...(tree[first] as Record<string, string> | undefined), [second]: urlOf(link) };
  }
  return tree;
}
