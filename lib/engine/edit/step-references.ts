import { mapChildren, setIn, textSpots } from "#lib/engine/edit/step-parts.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

// Strings and comments are passed over whole; then `steps . name` or `run . callbacks . name`, where the first is not
// itself behind a dot or in a name.
const TOKENS = new RegExp(
  [
    /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[\s\S]*?\*\//,
    /(?<![\w.$`])(steps|run\s*\.\s*callbacks)\s*\.\s*(?:`([^`]*)`|([A-Za-z_]\w*))/,
  ]
    .map(({ source }) => source)
    .join("|"),
  "g",
);

/** The step ids that a template or expression reads (`steps.crm…`), each once. */
export function referencedSteps(text: string): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(TOKENS)) {
    const id = match[2] ?? match[3];
    if (match[1] === "steps" && id !== undefined) found.add(id);
  }
  return [...found];
}

/** The text with references to one step turned to another id, and how many there were. */
export function renameReferences(text: string, renamed: ReadonlyMap<string, string>): { text: string; count: number } {
  let count = 0;
  type Part = string | undefined;
  const next = text.replace(TOKENS, (whole: string, root: Part, quoted: Part, bare: Part) => {
    const id = quoted ?? bare;
    const to = id === undefined ? undefined : renamed.get(id);
    if (to === undefined) return whole;
    count += 1;
    return `${root === "steps" ? "steps" : "run.callbacks"}.${to}`;
  });
  return { text: next, count };
}

/** Step ids that a step reads. */
export function referencesOf(step: Step): string[] {
  return [...new Set(textSpots(step).flatMap(({ text }) => referencedSteps(text)))];
}

/** The flow with a step's id changed and every reference to it rewritten; `places` counts the texts changed. */
export function renameStepId(flow: FlowDefinition, from: string, to: string): { flow: FlowDefinition; places: number } {
  let places = 0;
  const renamed = new Map([[from, to]]);
  const turn = (text: string): string => {
    const { text: next, count } = renameReferences(text, renamed);
    if (count > 0) places += 1;
    return next;
  };
  return {
    flow: {
      ...flow,
      runName: turn(flow.runName),
      steps: flow.steps.map((step) => mapStepTexts(step, turn, (id) => (id === from ? to : id))),
    },
    places,
  };
}

/** Steps with every text and id passed through functions, inside too. */
export function mapStepTexts(
  step: Step,
  turn: (text: string) => string,
  turnId: (id: string) => string = (id) => id,
): Step {
  const own = textSpots(step).reduce((changed, { path, text }) => setIn(changed, path, turn(text)), {
    ...step,
    id: turnId(step.id),
  });
  return mapChildren(own, (steps) => steps.map((child) => mapStepTexts(child, turn, turnId)));
}
