import { JsonText, type Written } from "#lib/core/json-text.ts";

/**
 * Whether a value counts as true in a filter or a branch: JSONata's own $boolean rule; a list is true when any member
 * is.
 */
export function isTruthy(value: Written | undefined): boolean {
  if (value instanceof JsonText) return isTruthy(value.value);
  if (value === undefined || value === null) return false;
  if (typeof value === "boolean") return value;
  if (typeof value === "number") return value !== 0;
  if (typeof value === "string") return value.length > 0;
  if (Array.isArray(value)) return value.some(isTruthy);
  return Object.keys(value).length > 0;
}
