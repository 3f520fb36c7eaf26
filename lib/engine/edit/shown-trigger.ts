import type { JsonObject } from "#lib/core/json.ts";

/**
 * A sample's trigger as the data panel lists it: without `exact` where that is the body once more, as it nearly always
 * is.
 */
export function shownTrigger(trigger: JsonObject): JsonObject {
  const { exact, ...rest } = trigger;
  return exact === undefined || JSON.stringify(exact) === JSON.stringify(trigger["body"]) ? rest : trigger;
}
