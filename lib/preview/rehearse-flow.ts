import { findAction } from "#lib/actions/registry.generated.ts";
import type { JsonObject } from "#lib/core/json.ts";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";
import { callbacksOf, hasCallbacks } from "#lib/engine/callback-links.ts";
import type { CardView, Provenance } from "#lib/engine/edit/preview-types.ts";
import { shownOutputs } from "#lib/engine/exact-answers.ts";
import { type FlowDefinition, walkSteps } from "#lib/engine/flow-definition.ts";
import { isTruthy } from "#lib/engine/is-truthy.ts";
import type { Evaluated, PlannedStep, Scope, StepPlace } from "#lib/engine/run-ports.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { conditionOf, ERROR_PATH, errorPathOf } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { describeEffect } from "#lib/preview/describe-effect.ts";
import { toEvaluated } from "#lib/preview/plan-port.ts";
import { type PlanPorts, planStep } from "#lib/preview/plan-step.ts";

/** One step as it would go with a sample: what it can read, what it would do, what later steps see. */
export type RehearsedStep = {
  step: Step;
  scope: Scope;
  planned: PlannedStep | null;
  output: Written;
  provenance: Provenance;
  itemOf: number | null;
  card: CardView;
};

type Visit = {
  steps: Map<string, RehearsedStep>;
  flowSteps: Step[];
  now: Date;
  ports: PlanPorts;
  until: string | null;
  done: boolean;
};

/**
 * Walks a flow with a sample without performing anything: values are computed, calls and mails planned, their answers
 * taken from the action's example. Every way of a branch is walked, and a loop's body once, with its first item. With
 * `until` it ends at that step.
 */
export async function rehearseFlow(
  flow: FlowDefinition,
  flowName: string,
  seen: Pick<Scope, "trigger" | "vars">,
  ports: PlanPorts,
  now: Date,
  until: string | null,
): Promise<Map<string, RehearsedStep>> {
  const visit: Visit = { steps: new Map(), flowSteps: flow.steps, now, ports, until, done: false };
  const run = { id: "preview", attempt: 1, flow: flowName, ...exampleLinks(flow) };
  await walk(flow.steps, "", { ...seen, steps: {}, run }, null, visit);
  return visit.steps;
}

/** Links that look like those of a run and lead nowhere, of every step that has some. */
function exampleLinks({ steps }: FlowDefinition): { callbacks?: JsonObject } {
  if (!hasCallbacks(steps)) return {};
  const urlOf = (path: string, link: string) =>
    `${publicUrl()}/answer/example-${[path, link].join("-").replaceAll(/[^\w]+/g, "-")}`;
  // A loop is walked once: what its steps read of their own item's links stands beside the rest.
  const each = [...walkSteps(steps)].map(({ step }) => callbacksOf([step], "", urlOf));
  return { callbacks: Object.assign({}, ...each) as JsonObject };
}

async function walk(
  steps: readonly Step[],
  parent: string,
  from: Scope,
  itemOf: number | null,
  visit: Visit,
): Promise<WrittenObject> {
  const outputs: WrittenObject = {};
  let scope = from;
  for (const step of steps) {
    if (visit.done) return outputs;
    const path = parent === "" ? step.id : `${parent}/${step.id}`;
    const seen = await rehearse(step, path, scope, itemOf, visit);
    if (step.off === true) continue;
    Object.assign(outputs, seen);
    scope = { ...scope, steps: { ...scope.steps, ...shownOutputs(visit.flowSteps, seen) } };
  }
  return outputs;
}

async function rehearse(
  step: Step,
  path: string,
  scope: Scope,
  itemOf: number | null,
  visit: Visit,
): Promise<WrittenObject> {
  const place = placeOf(path, visit.now);
  if (step.id === visit.until) visit.done = true;
  const evaluate = async (source: string) => {
    const [outcome] = await visit.ports.evaluate([{ id: path, source }], scope, place);
    return toEvaluated(outcome);
  };
  const condition = await rehearseCondition(step, evaluate);
  const seen = await stepKindOf(step).rehearse({
    step,
    path,
    scope,
    keep: ({ planned = null, output = null, provenance = "computed", card }) =>
      void visit.steps.set(step.id, { step, scope, planned, output, provenance, itemOf, card: condition ?? card }),
    evaluate,
    async plan(action) {
      const planned = await planStep(action, scope, place, visit.ports);
      return { planned, card: describeEffect(planned), example: findAction(action.action)?.example.output ?? null };
    },
    walk: (steps, parent, inner, itemsOf = itemOf ?? undefined) => walk(steps, parent, inner, itemsOf ?? null, visit),
  });
  const errorSteps = errorPathOf(step);
  if (errorSteps === null || visit.done) return seen;
  const error = { step: step.id, ...EXAMPLE_ERROR };
  const after = await walk(errorSteps, `${path}/${ERROR_PATH}`, { ...scope, error }, itemOf, visit);
  return { ...after, ...seen };
}

/** What the error path of a step sees in rehearsals. */
const EXAMPLE_ERROR = { code: "http-503", message: "target.example answered 503", status: 503, attempts: 12 };

/** What a step's condition says about it; null when it would run. */
async function rehearseCondition(
  step: Step,
  evaluate: (source: string) => Promise<Evaluated>,
): Promise<CardView | null> {
  const source = conditionOf(step);
  if (source === null) return null;
  const outcome = await evaluate(source);
  if (outcome.kind === "failed") return { line: "its condition failed", problem: outcome.message };
  const isMet = outcome.kind === "value" && isTruthy(outcome.value);
  return isMet ? null : { line: "skipped: its condition is not met", problem: null };
}

/** The frozen place of a rehearsal: a key that no real run has. */
export function placeOf(stepPath: string, now: Date): StepPlace {
  return { stepPath, idempotencyKey: "0".repeat(64), now, seed: `preview/${stepPath}` };
}
