import { parseJsonText } from "#lib/bodies/read-json.ts";
import { JsonText } from "#lib/core/json-text.ts";
import { losesDigits } from "#lib/core/loses-digits.ts";
import { type PlainFunction, refuse, type Values } from "./plain-call.ts";
import { short, textFunctions } from "./plain-texts.ts";
import {
  boolOf,
  itemsOf,
  looksLikeFunction,
  lookUp,
  newSequence,
  numberOf,
  pushBounded,
  type Sequence,
  textOf,
  typeOf,
} from "./plain-values.ts";

/** Longest list that is put together in place. */
const LIST_MAX = 10_000;

const numberFunctions: Record<string, PlainFunction> = {
  sum: { takes: ["numbers"], call: ([list]) => add(list as number[]) },
  average: { takes: ["numbers"], call: ([list]) => overSome(list, (numbers) => add(numbers) / numbers.length) },
  max: { takes: ["numbers"], call: ([list]) => overSome(list, (numbers) => numbers.reduce((a, b) => Math.max(a, b))) },
  min: { takes: ["numbers"], call: ([list]) => overSome(list, (numbers) => numbers.reduce((a, b) => Math.min(a, b))) },
  abs: { takes: ["number"], call: ([number]) => Math.abs(number as number) },
  floor: { takes: ["number"], call: ([number]) => Math.floor(number as number) },
  ceil: { takes: ["number"], call: ([number]) => Math.ceil(number as number) },
  round: { takes: ["number"], call: ([number]) => roundHalfEven(number as number) },
  number: { takes: ["any"], call: toNumber },
};

const valueFunctions: Record<string, PlainFunction> = {
  exists: { takes: ["any"], ofNothing: false, passesOn: true, call: () => true },
  count: { takes: ["any"], ofNothing: 0, passesOn: true, call: ([value]) => itemsOf(value)?.length ?? 1 },
  string: { takes: ["any"], call: ([value]) => textOf(value) },
  boolean: { takes: ["any"], call: ([value]) => boolOf(value) },
  not: { takes: ["any"], call: ([value]) => boolOf(value) !== true },
  type: { takes: ["any"], passesOn: true, call: ([value]) => typeOf(value) },
  parseJson: { takes: ["text"], call: ([text]) => jsonIn(short(text)) },
  lookup: {
    takes: ["any", "text"],
    passesOn: true,
    call: ([from, key]) => (key === undefined ? refuse() : lookUp(from, key as string)),
  },
  keys: { takes: ["any"], call: keysOf },
  merge: {
    takes: ["objects"],
    call: ([list]) => Object.fromEntries((list as object[]).flatMap((item) => Object.entries(item))),
  },
  distinct: { takes: ["any"], call: distinct },
  reverse: { takes: ["list"], call: ([list]) => (list as unknown[]).toReversed() },
};

const functions: ReadonlyMap<string, PlainFunction> = new Map(
  Object.entries({ ...valueFunctions, ...numberFunctions, ...textFunctions }),
);

/** The function of this name, or null when it is not one of them. */
export function findPlainFunction(name: string): PlainFunction | null {
  return functions.get(name) ?? null;
}

/** Two values as one list, as the list constructor puts them together. */
export function appendTo(list: unknown[], value: unknown): unknown[] {
  const longer = value === undefined ? list : list.concat(value);
  return longer.length > LIST_MAX ? refuse() : longer;
}

function jsonIn(text: string): JsonText {
  return parseJsonText(text).kind === "parsed" ? new JsonText(text) : refuse();
}

function add(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function overSome(list: unknown, of: (numbers: number[]) => number): number | undefined {
  const numbers = list as number[];
  return numbers.length === 0 ? undefined : of(numbers);
}

/** To the nearest whole number, halves to the even one; never -0. */
function roundHalfEven(number: number): number {
  const up = Math.round(number);
  const even = up - number === 0.5 && up % 2 !== 0 ? up - 1 : up;
  return even === 0 ? 0 : even;
}

/** A text with more digits than a double keeps stays as it is written, for whoever only passes it on. */
function toNumber([value]: Values): number | JsonText {
  if (typeof value === "number") return value;
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value !== "string" || !/^-?[0-9]+(\.[0-9]+)?([Ee][-+]?[0-9]+)?$/.test(value)) return refuse();
  const nearest = numberOf(Number(value));
  if (!losesDigits(value)) return nearest;
  return /^-?0\d/.test(value) ? refuse() : new JsonText(value);
}

function keysOf([value]: Values): Sequence {
  const keys = newSequence();
  if (Array.isArray(value)) return refuse();
  if (typeof value === "object" && value !== null && !looksLikeFunction(value))
    for (const key of Object.keys(value)) pushBounded(keys, key);
  return keys;
}

/** Only simple values: comparing lists and objects each with each takes longer than their length. */
function distinct([value]: Values): unknown {
  if (!Array.isArray(value) || value.length <= 1) return value;
  const kept = (value as Sequence).sequence ? newSequence() : [];
  for (const item of new Set(value)) kept.push(typeof item === "object" && item !== null ? refuse() : item);
  return kept;
}
