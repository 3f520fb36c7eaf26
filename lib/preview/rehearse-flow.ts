import { findAction } from "#lib/actions/registry.generated.ts";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";
import type { CardView, Provenance } from "#lib/engine/edit/preview-types.ts";
import { shownOutputs } from "#lib/engine/exact-answers.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { PlannedStep, Scope, StepPlace } from "#lib/engine/run-ports.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
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
  trigger: WrittenObject,
  ports: PlanPorts,
  now: Date,
  until: string | null,
): Promise<Map<string, RehearsedStep>> {
  const visit: Visit = { steps: new Map(), flowSteps: flow.steps, now, ports, until, done: false };
  await walk(
    flow.steps,
    "",
    { trigger, steps: {}, vars: {}, run: { id: "preview", attempt: 1, flow: flowName } },
    null,
    visit,
  );
  return visit.steps;
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
  return stepKindOf(step).rehearse({
    step,
    path,
    scope,
    keep: ({ planned = null, output = null, provenance = "computed", card }) =>
      void visit.steps.set(step.id, { step, scope, planned, output, provenance, itemOf, card }),
    async evaluate(source) {
      const [outcome] = await visit.ports.evaluate([{ id: path, source }], scope, place);
      return toEvaluated(outcome);
    },
    async plan(action) {
      const planned = await planStep(action, scope, place, visit.ports);
      return { planned, card: describeEffect(planned), example: findAction(action.action)?.example.output ?? null };
    },
    walk: (steps, parent, inner, itemsOf = itemOf ?? undefined) => walk(steps, parent, inner, itemsOf ?? null, visit),
  });
}

/** The frozen place of a rehearsal: a key that no real run has. */
export function placeOf(stepPath: string, now: Date): StepPlace {
  return { stepPath, idempotencyKey: "0".repeat(64), now, seed: `preview/${stepPath}` };
}
