import { isWrittenObject, JsonText, type Written } from "#lib/core/json-text.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

const asked = new WeakMap<readonly Step[], boolean>();

/** Whether steps name `exact`: only then it is put beside the bodies of answers that have no numbers to keep. */
export function askForExact(steps: readonly Step[]): boolean {
  let known = asked.get(steps);
  if (known === undefined) {
    known = /\bexact\b/.test(JSON.stringify(steps));
    asked.set(steps, known);
  }
  return known;
}

/** An answer with `exact`: the body itself where no number of it loses digits, so that the same path always finds it. */
export function withExact(output: Written): Written {
  const answer = output instanceof JsonText ? Object.fromEntries(output.members()) : output;
  if (!isWrittenObject(answer)) return output;
  const body = answer["body"];
  return body === undefined || answer["exact"] !== undefined ? output : { ...answer, exact: body };
}
