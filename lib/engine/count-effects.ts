import { childLists, type FlowDefinition } from "#lib/engine/flow-definition.ts";
import { effectWords } from "#lib/engine/run-words.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** What one run of a version may do to the world at most, by kind of effect: once, and for each item of a list. */
export type EffectCounts = { once: Record<string, number>; perItem: Record<string, number> };

/**
 * Actions that reach out, by what effectWords calls their effect. What answers a sender is not one: it waits no more.
 */
const EFFECT_OF: Readonly<Record<string, string>> = { "http.request": "http", "email.send": "email" };

/** Counts the action steps of a version that reach out; every way of a branch counts, steps that are off do not. */
export function countEffects(definition: Pick<FlowDefinition, "steps">): EffectCounts {
  const counts: EffectCounts = { once: {}, perItem: {} };
  addSteps(definition.steps, counts, "once");
  return counts;
}

function addSteps(steps: readonly Step[], counts: EffectCounts, where: keyof EffectCounts): void {
  for (const step of steps) {
    if (step.off === true) continue;
    const effect = step.kind === "action" ? EFFECT_OF[step.action] : undefined;
    if (effect !== undefined) counts[where][effect] = (counts[where][effect] ?? 0) + 1;
    const inside = step.kind === "forEach" ? "perItem" : where;
    for (const list of childLists(step)) addSteps(list.steps, counts, list.afterError === true ? where : inside);
  }
}

/**
 * What runs for some events would do, in a sentence: "12 events → up to 12 runs; each makes at most 1 call, 1 mail."
 */
export function plannedWords(count: number, more: boolean, effects: EffectCounts): string {
  const shown = count.toLocaleString("en");
  const events = `${more ? "The first " : ""}${count === 1 ? "1 event" : `${shown} events`}`;
  const runs = count === 1 ? "1 run" : `up to ${shown} runs`;
  const [once, perItem] = [effectWords(effects.once), effectWords(effects.perItem)];
  const does = [once, perItem === "" ? "" : `${perItem} for each item of a list`].filter((words) => words !== "");
  const sends = does.length === 0 ? "sends nothing" : `makes at most ${does.join(", and ")}`;
  return `${events} → ${runs}; ${count === 1 ? "it" : "each"} ${sends}.`;
}
