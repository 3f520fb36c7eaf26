import { looksLikeFunction } from "./plain-values.ts";

/** What JSONata lets a function take; one value where a list is wanted counts as a list of one. */
type Kind = "any" | "text" | "number" | "list" | "texts" | "numbers" | "objects";

/** The values a function is called with, each of its kind or undefined. */
export type Values = readonly unknown[];

/**
 * A function of JSONata that takes time and memory linear in its values, so that it may run in place. `call` gives what
 * JSONata's gives, or throws where JSONata's would or where the values are too large for this process: a child then
 * answers.
 */
export type PlainFunction = {
  readonly takes: readonly Kind[];
  /** How many of the values may be left out at the end. */
  readonly optional?: number;
  /** What it gives for a missing first value; undefined unless said otherwise. */
  readonly ofNothing?: unknown;
  /** Its first value comes as it was written, because it hands on parts of it or only looks at its shape. */
  readonly passesOn?: true;
  readonly call: (values: Values) => unknown;
};

/** Leaves an expression to a child. */
export function refuse(): never {
  throw new TypeError("not in place");
}

/** Whether a function is known here with this number of arguments. */
export function takesCount({ takes, optional = 0 }: PlainFunction, count: number): boolean {
  return count <= takes.length && count >= takes.length - optional;
}

/** Calls a function; `given` has as many values as `takesCount` allowed. */
export function callPlain(called: PlainFunction, given: Values): unknown {
  const values = given.map((value, index) => ofKind(called.takes[index] ?? "any", value));
  return values[0] === undefined ? called.ofNothing : called.call(values);
}

function ofKind(kind: Kind, value: unknown): unknown {
  if (value === undefined || kind === "any") return value;
  switch (kind) {
    case "text":
      return typeof value === "string" ? value : refuse();
    case "number":
      return isNumber(value) ? value : refuse();
    case "list":
      return asList(value);
    case "texts":
      return asList(value).every((item) => typeof item === "string") ? asList(value) : refuse();
    case "numbers":
      return asList(value).every(isNumber) ? asList(value) : refuse();
    case "objects":
      return asList(value).every(isObject) ? asList(value) : refuse();
  }
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isNumber(value: unknown): boolean {
  return typeof value === "number" && Number.isFinite(value);
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !looksLikeFunction(value);
}
