import { isWrittenObject, JsonText, type Written, type WrittenObject } from "#lib/core/json-text.ts";
import { walkSteps } from "#lib/engine/flow-definition.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

const asking = new WeakMap<readonly Step[], ReadonlySet<string>>();

/**
 * Outputs by step id as later steps see them, in runs and rehearsals alike: where the flow names `exact`, those of its
 * actions have it beside the body.
 */
export function shownOutputs(flowSteps: Step[], outputs: WrittenObject): WrittenObject {
  const actions = actionsToShow(flowSteps);
  if (actions.size === 0) return outputs;
  return Object.fromEntries(
    Object.entries(outputs).map(([id, output]) => [id, actions.has(id) ? withExact(output) : output]),
  );
}

/** The ids of a flow's actions where a step of it names `exact`; none else. */
function actionsToShow(flowSteps: Step[]): ReadonlySet<string> {
  let known = asking.get(flowSteps);
  if (known === undefined) {
    const steps = /\bexact\b/.test(JSON.stringify(flowSteps)) ? [...walkSteps(flowSteps)] : [];
    known = new Set(steps.flatMap(({ step }) => (step.kind === "action" ? [step.id] : [])));
    asking.set(flowSteps, known);
  }
  return known;
}

/**
 * An answer with `exact`: the body itself where no number of it loses digits, so that the same path always finds it.
 */
export function withExact(output: Written): Written {
  const answer = output instanceof JsonText ? Object.fromEntries(output.members()) : output;
  if (!isWrittenObject(answer)) return output;
  const body = answer["body"];
  return body === undefined || answer["exact"] !== undefined ? output : { ...answer, exact: body };
}
