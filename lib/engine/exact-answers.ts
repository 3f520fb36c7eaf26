import { isWrittenObject, itemsIn, JsonText, type Written, type WrittenObject } from "#lib/core/json-text.ts";
import { walkSteps } from "#lib/engine/flow-definition.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** The ids of steps whose answers have `exact`, and of the loops that such steps stand in. */
type Asked = { readonly actions: ReadonlySet<string>; readonly loops: ReadonlySet<string> };

const asking = new WeakMap<readonly Step[], Asked>();

/**
 * Outputs by step id as later steps see them, in runs and rehearsals alike: where the flow names `exact`, those of its
 * actions have it beside the body, also for each item of a loop.
 */
export function shownOutputs(flowSteps: Step[], outputs: WrittenObject): WrittenObject {
  const asked = askedOf(flowSteps);
  return asked.actions.size === 0 ? outputs : shown(asked, outputs);
}

function shown(asked: Asked, outputs: WrittenObject): WrittenObject {
  const { actions, loops } = asked;
  return Object.fromEntries(
    Object.entries(outputs).map(([id, output]) => {
      if (actions.has(id)) return [id, withExact(output)];
      return [id, loops.has(id) ? shownItems(asked, output) : output];
    }),
  );
}

/** A loop's output with the outputs of each item as later steps see them. */
function shownItems(asked: Asked, output: Written): Written {
  const loop = openMembers(output);
  const items = loop?.["items"];
  if (loop === null || items === undefined) return output;
  const list = itemsIn(items, Number.POSITIVE_INFINITY) ?? [];
  return {
    ...loop,
    items: list.map((item) => {
      const outputs = openMembers(item);
      return outputs === null ? item : shown(asked, outputs);
    }),
  };
}

/** The members of an object, also of one that is still text; null for other values. */
function openMembers(value: Written): WrittenObject | null {
  if (value instanceof JsonText) return value.kind === "object" ? Object.fromEntries(value.members()) : null;
  return isWrittenObject(value) ? value : null;
}

/** Whose answers to show where a step of the flow names `exact`; nobody's else. */
function askedOf(flowSteps: Step[]): Asked {
  let known = asking.get(flowSteps);
  if (known === undefined) {
    const steps = /\bexact\b/.test(JSON.stringify(flowSteps)) ? [...walkSteps(flowSteps)].map(({ step }) => step) : [];
    const idsOf = (wanted: (step: Step) => boolean) => new Set(steps.filter(wanted).map(({ id }) => id));
    known = {
      actions: idsOf((step) => step.kind === "action"),
      loops: idsOf((step) => stepKindOf(step).repeats === true),
    };
    asking.set(flowSteps, known);
  }
  return known;
}

/**
 * An answer with `exact`: the body itself where no number of it loses digits, so that the same path always finds it.
 */
export function withExact(output: Written): Written {
  const answer = openMembers(output);
  if (answer === null) return output;
  const body = answer["body"];
  return body === undefined || answer["exact"] !== undefined ? output : { ...answer, exact: body };
}
