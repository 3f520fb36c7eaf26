import type { Json, JsonObject } from "#lib/core/json.ts";
import type { ScopeView } from "#lib/engine/edit/preview-types.ts";

/** The scope as one JSON value, as expressions see it; null while nothing is known. */
export function scopeJson(scope: ScopeView | null): Json | null {
  if (scope === null) return null;
  const steps: JsonObject = Object.fromEntries(scope.steps.map((step) => [step.id, step.output]));
  return {
    ...(scope.trigger ? { trigger: scope.trigger } : {}),
    steps,
    ...(scope.item ? { item: scope.item.value, index: 0 } : {}),
    vars: {},
    run: scope.run,
  };
}
