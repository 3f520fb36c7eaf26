import type { Json, JsonObject } from "#lib/core/json.ts";
import type { ScopeView } from "#lib/engine/edit/preview-types.ts";

const read = new WeakMap<ScopeView, Json>();

/** The scope as one JSON value, as expressions see it; null while nothing is known. Read once for each answer. */
export function scopeJson(scope: ScopeView | null): Json | null {
  if (scope === null) return null;
  const known = read.get(scope);
  if (known !== undefined) return known;
  const steps: JsonObject = Object.fromEntries(scope.steps.map(({ id, json }) => [id, parse(json)]));
  const value: Json = {
    ...(scope.trigger === null ? {} : { trigger: parse(scope.trigger) }),
    steps,
    ...(scope.item ? { item: parse(scope.item.json), index: 0 } : {}),
    ...(scope.error ? { error: parse(scope.error.json) } : {}),
    vars: parse(scope.vars),
    run: scope.run,
  };
  read.set(scope, value);
  return value;
}

function parse(json: string): Json {
  return JSON.parse(json) as Json;
}
