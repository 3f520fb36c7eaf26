import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import type { OnError } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** The flow with another time limit for its runs, in seconds; undefined is none. */
export function withTimeLimit(flow: FlowDefinition, timeoutSeconds: number | undefined): FlowDefinition {
  const { timeoutSeconds: _, ...rest } = flow;
  return timeoutSeconds === undefined ? rest : { ...rest, timeoutSeconds };
}

/** The step with another condition; an empty one is none. */
export function withWhen(step: Step, when: string): Step {
  const { when: _, ...rest } = step;
  return when === "" ? rest : { ...rest, when };
}

/** The step with another answer to its failure. An error path begins empty, and goes with what is on it. */
export function withOnError(step: Step, onError: OnError): Step {
  const { errorSteps, settings, ...rest } = step;
  const others = Object.entries(settings ?? {}).filter(([key, value]) => key !== "onError" && value !== undefined);
  const told = Object.fromEntries(onError === "stop" ? others : [...others, ["onError", onError]]);
  return {
    ...rest,
    ...(Object.keys(told).length === 0 ? {} : { settings: told }),
    ...(onError === "path" ? { errorSteps: errorSteps ?? [] } : {}),
  };
}
