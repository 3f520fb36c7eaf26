import type { OnError } from "#lib/engine/step-settings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

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
