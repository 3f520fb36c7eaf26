import { numberOf } from "./plain-values.ts";

const plainFunctions = ["count", "sum", "exists", "uppercase", "lowercase"] as const;

/** A function of JSONata that takes one value and time linear in it, so that it may run in place. */
export type PlainFunction = (typeof plainFunctions)[number];

/** Says whether a function's name is one of them. */
export function isPlainFunction(name: string): name is PlainFunction {
  return (plainFunctions as readonly string[]).includes(name);
}

/** What JSONata's function gives for a value; undefined is its missing value. Throws where JSONata would, without its wording. */
export function callPlain(name: PlainFunction, value: unknown): unknown {
  switch (name) {
    case "exists":
      return value !== undefined;
    case "count":
      return value === undefined ? 0 : Array.isArray(value) ? value.length : 1;
    case "sum":
      if (value === undefined) return undefined;
      return (Array.isArray(value) ? value : [value]).reduce((total: number, item) => total + numberOf(item), 0);
    case "uppercase":
      return textOrNothing(value)?.toUpperCase();
    case "lowercase":
      return textOrNothing(value)?.toLowerCase();
  }
}

function textOrNothing(value: unknown): string | undefined {
  if (value === undefined || typeof value === "string") return value;
  throw new TypeError("not a text");
}
