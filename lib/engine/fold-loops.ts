import type { StepState } from "#lib/core/states.ts";
import { handledFailures, isInsideHandled } from "#lib/engine/handled-failures.ts";
import { findStepKind } from "#lib/engine/steps/registry.generated.ts";

/** A step of a run as far as folding needs it: where it stands and how it stands. */
export type FoldableStep = { path: string; kind: string; status: StepState; outputDataId: string | null };

/** How the items of a loop stand. An item is failed when one of its steps is for good, ok when all are done. */
export type LoopCounts = { items: number; ok: number; failed: number; shown: number };

/** The steps to show, in their order, and for every loop among them its counts by path. */
export type FoldedSteps<Step> = { shown: Step[]; loops: Map<string, LoopCounts> };

/** Loops of at most this many items are shown whole. */
export const ITEMS_UNFOLDED_MAX = 10;
/** Items of an unfolded loop that are shown. */
const ITEMS_SHOWN_MAX = 200;
/** Items with a failure shown of a folded loop. */
const FAILED_SHOWN_MAX = 20;

/**
 * Folds big loops: what is left are the items with a failure, dealt with or not (the first twenty), the item of the
 * opened step, and the counts.
 * `unfold` names a loop to show with its first 200 items.
 */
export function foldLoops<Step extends FoldableStep>(
  steps: readonly Step[],
  opened: string | null,
  unfold: string | null,
): FoldedSteps<Step> {
  const handled = handledFailures(steps);
  const isHandled = ({ path }: Step) => handled.has(path) || isInsideHandled(handled, path);
  const loops = new Map<string, LoopCounts>();
  const hidden = new Set<Step>();
  for (const loop of steps.filter(isLoop)) {
    const items = itemsOf(steps, loop.path);
    const counts = { items: items.size, ok: 0, failed: 0, shown: 0 };
    let troubled = 0;
    for (const [prefix, own] of items) {
      const failed = own.some(
        (step) => (step.status === "failed" && !isHandled(step)) || step.status === "needs a decision",
      );
      if (failed) counts.failed += 1;
      else if (own.every((step) => SETTLED.has(step.status) || isHandled(step))) counts.ok += 1;
      const isTroubled = failed || own.some(isHandled);
      if (isTroubled) troubled += 1;
      const limit =
        unfold === loop.path
          ? counts.shown < ITEMS_SHOWN_MAX
          : items.size <= ITEMS_UNFOLDED_MAX || (isTroubled && troubled <= FAILED_SHOWN_MAX);
      const isOpen = opened?.startsWith(`${prefix}/`) === true;
      if (limit || isOpen) counts.shown += 1;
      else for (const step of own) hidden.add(step);
    }
    loops.set(loop.path, counts);
  }
  return { shown: steps.filter((step) => !hidden.has(step)), loops };
}

/** Says whether a step of a run does the same for every item of a list. */
export function isLoop(step: { kind: string }): boolean {
  return findStepKind(step.kind)?.repeats === true;
}

const SETTLED: ReadonlySet<StepState> = new Set(["succeeded", "skipped", "off"]);

/** The steps of each item of a loop, by the item's own path ("orders/[3]"), in item order. */
function itemsOf<Step extends FoldableStep>(steps: readonly Step[], loop: string): Map<string, Step[]> {
  const items = new Map<string, Step[]>();
  for (const step of steps) {
    if (!step.path.startsWith(`${loop}/[`)) continue;
    const prefix = step.path.slice(0, step.path.indexOf("]", loop.length) + 1);
    const own = items.get(prefix);
    if (own === undefined) items.set(prefix, [step]);
    else own.push(step);
  }
  return items;
}
