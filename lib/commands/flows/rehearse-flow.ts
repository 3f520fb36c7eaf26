import { findAction } from "#lib/actions/registry.generated.ts";
import { itemsIn, JsonText, type Written, type WrittenObject } from "#lib/core/json-text.ts";
import type { CardView, Provenance } from "#lib/engine/edit/preview-types.ts";
import type { ActionStep, FlowDefinition, Step } from "#lib/engine/flow-definition.ts";
import { LOOP_ITEMS_MAX } from "#lib/engine/run-for-each.ts";
import type { PlannedStep, Scope, StepPlace } from "#lib/engine/run-ports.ts";
import { describeEffect } from "#lib/preview/describe-effect.ts";
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

type Visit = { steps: Map<string, RehearsedStep>; now: Date; ports: PlanPorts; until: string | null; done: boolean };

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
  const visit: Visit = { steps: new Map(), now, ports, until, done: false };
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
    scope = { ...scope, steps: { ...scope.steps, ...seen } };
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
  const keep = (rest: Partial<RehearsedStep>): void => {
    visit.steps.set(step.id, {
      step,
      scope,
      planned: null,
      output: null,
      provenance: "computed",
      itemOf,
      card: { line: "", problem: null },
      ...rest,
    });
  };
  const place = placeOf(path, visit.now);
  if (step.id === visit.until) visit.done = true;
  switch (step.kind) {
    case "action": {
      const planned = await planStep(step, scope, place, visit.ports);
      const { output, provenance } = outputOf(step, planned);
      keep({ planned, output, provenance, card: describeEffect(planned) });
      return { [step.id]: output };
    }
    case "branch": {
      keep({
        output: { case: null },
        card: { line: step.cases.length === 1 ? "one condition" : `${step.cases.length} conditions`, problem: null },
      });
      const inside: WrittenObject = {};
      for (const way of [...step.cases.map((one) => one.steps), step.otherwise])
        Object.assign(inside, await walk(way, path, scope, itemOf, visit));
      return { [step.id]: { case: step.cases[0]?.id ?? null }, ...inside };
    }
    case "forEach": {
      const items = await listOf(step.items, scope, place, visit);
      const example = { count: items.length, succeeded: items.length, failed: 0, items: [] as Written[] };
      keep({
        output: example,
        provenance: "example",
        card: {
          line:
            step.items.trim() === ""
              ? "no list yet"
              : `${items.length} ${items.length === 1 ? "item" : "items"} in this sample`,
          problem: null,
        },
      });
      const body = await walk(
        step.steps,
        `${path}/[0]`,
        { ...scope, item: items[0] ?? null, index: 0 },
        items.length,
        visit,
      );
      return { [step.id]: { ...example, items: items.length > 0 ? [body] : [] } };
    }
    case "stop":
      keep({ card: { line: `${step.outcome}${step.reason ? `: ${step.reason}` : ""}`, problem: null } });
      return {};
    case "parallel":
    case "delay":
    case "waitUntil":
    case "waitForCallback":
    case "callFlow":
      keep({ card: { line: `steps of the kind ${step.kind} cannot run yet`, problem: "not runnable" } });
      return {};
  }
}

function outputOf(step: ActionStep, planned: PlannedStep): { output: Written; provenance: Provenance } {
  if (planned.kind === "planned" && planned.effect.kind === "value")
    return { output: planned.effect.output, provenance: "computed" };
  return { output: findAction(step.action)?.example.output ?? null, provenance: "example" };
}

async function listOf(source: string, scope: Scope, place: StepPlace, visit: Visit): Promise<readonly Written[]> {
  if (source.trim() === "") return [];
  const [outcome] = await visit.ports.evaluate([{ id: place.stepPath, source }], scope, place);
  if (outcome?.kind !== "value") return [];
  return itemsIn(new JsonText(outcome.json), LOOP_ITEMS_MAX) ?? [];
}

/** The frozen place of a rehearsal: a key that no real run has. */
export function placeOf(stepPath: string, now: Date): StepPlace {
  return { stepPath, idempotencyKey: "0".repeat(64), now, seed: `preview/${stepPath}` };
}
