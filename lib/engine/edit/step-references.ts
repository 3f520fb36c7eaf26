import type { Json } from "#lib/core/json.ts";
import type { FlowDefinition, Step } from "#lib/engine/flow-definition.ts";

// Strings and comments are passed over whole; then `steps . name`, where steps is not itself behind a dot or in a name.
const TOKENS =
  /"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|\/\*[\s\S]*?\*\/|(?<![\w.$`])steps\s*\.\s*(?:`([^`]*)`|([A-Za-z_]\w*))/g;

/** The step ids that a template or expression reads (`steps.crm…`), each once. */
export function referencedSteps(text: string): string[] {
  const found = new Set<string>();
  for (const match of text.matchAll(TOKENS)) {
    const id = match[1] ?? match[2];
    if (id !== undefined) found.add(id);
  }
  return [...found];
}

/** The text with references to one step turned to another id, and how many there were. */
export function renameReferences(text: string, renamed: ReadonlyMap<string, string>): { text: string; count: number } {
  let count = 0;
  const next = text.replace(TOKENS, (whole: string, quoted: string | undefined, bare: string | undefined) => {
    const id = quoted ?? bare;
    const to = id === undefined ? undefined : renamed.get(id);
    if (to === undefined) return whole;
    count += 1;
    return `steps.${to}`;
  });
  return { text: next, count };
}

/**
 * Every text of a step that may hold references: its input's texts, conditions and lists; not those of steps inside it.
 */
export function stepTexts(step: Step): string[] {
  switch (step.kind) {
    case "action":
      return jsonTexts(step.input);
    case "branch":
      return step.cases.map((one) => one.when);
    case "forEach":
      return [step.items];
    case "waitUntil":
      return [step.at];
    case "callFlow":
      return [step.input];
    case "parallel":
    case "delay":
    case "waitForCallback":
    case "stop":
      return [];
  }
}

/** Step ids that a step reads. */
export function referencesOf(step: Step): string[] {
  return [...new Set(stepTexts(step).flatMap(referencedSteps))];
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
  const inside = (steps: readonly Step[]) => steps.map((child) => mapStepTexts(child, turn, turnId));
  const id = turnId(step.id);
  switch (step.kind) {
    case "action":
      return { ...step, id, input: mapJsonTexts(step.input, turn) };
    case "branch":
      return {
        ...step,
        id,
        cases: step.cases.map((one) => ({ ...one, when: turn(one.when), steps: inside(one.steps) })),
        otherwise: inside(step.otherwise),
      };
    case "forEach":
      return { ...step, id, items: turn(step.items), steps: inside(step.steps) };
    case "parallel":
      return { ...step, id, branches: step.branches.map((one) => ({ ...one, steps: inside(one.steps) })) };
    case "waitUntil":
      return { ...step, id, at: turn(step.at) };
    case "callFlow":
      return { ...step, id, input: turn(step.input) };
    case "delay":
    case "waitForCallback":
    case "stop":
      return { ...step, id };
  }
}

function mapJsonTexts(value: Json, turn: (text: string) => string): Json {
  if (typeof value === "string") return turn(value);
  if (Array.isArray(value)) return value.map((item) => mapJsonTexts(item, turn));
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, mapJsonTexts(item, turn)]));
  return value;
}

function jsonTexts(value: Json): string[] {
  if (typeof value === "string") return [value];
  if (Array.isArray(value)) return value.flatMap(jsonTexts);
  if (typeof value === "object" && value !== null) return Object.values(value).flatMap(jsonTexts);
  return [];
}
