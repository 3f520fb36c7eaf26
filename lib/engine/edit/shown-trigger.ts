import { JsonText, type WrittenObject } from "#lib/core/json-text.ts";

/**
 * A sample's trigger, from its JSON text, as the data panel lists it: without `exact` where that is the body once more,
 * as it nearly always is.
 */
export function shownTrigger(json: string): WrittenObject {
  const { exact, ...rest } = Object.fromEntries(new JsonText(json).members());
  if (exact === undefined) return rest;
  const isBody = JSON.stringify(exact) === JSON.stringify(rest["body"] ?? null);
  return isBody ? rest : { ...rest, exact };
}
