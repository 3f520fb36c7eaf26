import { JsonText } from "#lib/core/json-text.ts";
import { sequenceMax } from "./limits.ts";

/** A list that JSONata made while walking a path; one with a single member stands for that member. */
export type Sequence = unknown[] & { sequence?: true };

/** An empty sequence. */
export function newSequence(): Sequence {
  const list: Sequence = [];
  list.sequence = true;
  return list;
}

/** Adds to a sequence, or throws at the length where JSONata would. */
export function pushBounded(list: Sequence, value: unknown): Sequence {
  if (list.length >= sequenceMax) throw new RangeError("sequence too long");
  list.push(value);
  return list;
}

/** The member of an object, or of every object of a list, under a name. What is still text stays text. */
export function lookUp(input: unknown, name: string): unknown {
  const list = itemsOf(input);
  if (list !== null) {
    const found = newSequence();
    for (const item of list) {
      const value = lookUp(item, name);
      const members = itemsOf(value);
      if (members !== null) for (const member of members) pushBounded(found, member);
      else if (value !== undefined) pushBounded(found, value);
    }
    return found;
  }
  if (typeof input !== "object" || input === null || looksLikeFunction(input)) return undefined;
  const value = memberOf(input, name);
  // JSONata runs into its own errors with such data, and where depends on what is done with it.
  if (looksLikeFunction(value)) throw new TypeError("data marked as a function");
  return value;
}

function memberOf(input: object, name: string): unknown {
  if (input instanceof JsonText) return input.member(name);
  return Object.hasOwn(input, name) ? (input as Record<string, unknown>)[name] : undefined;
}

/** The items of a list, also of one that is still text; null for everything else. */
export function itemsOf(value: unknown): readonly unknown[] | null {
  if (Array.isArray(value)) return value;
  if (!(value instanceof JsonText) || value.kind !== "list") return null;
  const items = value.items(sequenceMax);
  if (items === null) throw new RangeError("sequence too long");
  return items;
}

/** JSONata's number test: throws on infinities as JSONata does, and on everything that is no number. */
export function numberOf(value: unknown): number {
  if (typeof value !== "number" || !Number.isFinite(value)) throw new TypeError("not a number");
  return value;
}

/** JSONata's effective boolean of a value; undefined stays undefined. */
export function boolOf(value: unknown): boolean | undefined {
  switch (typeof value) {
    case "undefined":
      return undefined;
    case "boolean":
      return value;
    case "string":
      return value.length > 0;
    case "number":
      if (Number.isNaN(value)) return false;
      return numberOf(value) !== 0;
    default:
      break;
  }
  if (Array.isArray(value)) return value.length === 1 ? boolOf(value[0]) : value.some((item) => boolOf(item) === true);
  return typeof value === "object" && value !== null && !looksLikeFunction(value) && Object.keys(value).length > 0;
}

/** JSONata's `$string`: text as it is, everything else as JSON with numbers cut to 15 digits. */
export function textOf(value: unknown): string {
  if (typeof value === "string") return value;
  if (looksLikeFunction(value)) return "";
  if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("not finite");
  return JSON.stringify(value, (_key, member: unknown) => {
    if (typeof member === "number" && !Number.isNaN(member)) {
      return Number.isInteger(numberOf(member)) ? member : Number(member.toPrecision(15));
    }
    return looksLikeFunction(member) ? "" : member;
  });
}

/** JSONata's `$type`. */
export function typeOf(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  if (value instanceof JsonText && value.kind !== "list" && value.kind !== "object") return typeOf(value.value);
  if (value === null) return "null";
  if (Array.isArray(value) || (value instanceof JsonText && value.kind === "list")) return "array";
  if (typeof value === "number") numberOf(value);
  return looksLikeFunction(value) ? "function" : typeof value;
}

/** JSONata's deep equality. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  }
  const aKeys = Object.getOwnPropertyNames(a).sort();
  const bKeys = Object.getOwnPropertyNames(b).sort();
  return (
    aKeys.length === bKeys.length &&
    aKeys.every((key, index) => key === bKeys[index]) &&
    aKeys.every((key) => equal((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** JSONata takes data that carries its marker keys for functions; so does this, to give the same result. */
export function looksLikeFunction(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (value instanceof JsonText)
    return value.kind === "object" && (isMarked(value, "_jsonata_function") || isMarked(value, "_jsonata_lambda"));
  const marked = value as Record<string, unknown>;
  return marked["_jsonata_function"] === true || marked["_jsonata_lambda"] === true;
}

function isMarked(value: JsonText, name: string): boolean {
  return value.mayHold(name) && value.member(name)?.text === "true";
}
