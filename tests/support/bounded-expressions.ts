import { readFileSync } from "node:fs";
import type { SandboxLimits } from "#lib/sandbox/limits.ts";

/**
 * An expression that ends by itself, and what it comes to where the guard it is named for has a tight limit: a kind, or
 * `error:<code>`. `alone` is the kind JSONata gives without any guard, `any` where that may be anything.
 */
export type BoundedExpression = {
  readonly id: string;
  readonly guard: string;
  readonly source: string;
  readonly input?: unknown;
  /** In place of `input`: this many objects that are hard to tell apart, under `items`. */
  readonly alike?: number;
  readonly expect: string;
  readonly alone: "value" | "nothing" | "error" | "any";
};

/** Limits so tight that harmless expressions pass them. */
export const TIGHT_LIMITS: Partial<SandboxLimits> = {
  sourceBytes: 2_000,
  resultBytes: 4_000,
  depth: 8,
  stack: 40,
  sequence: 2_000,
  padChars: 200,
  pictureChars: 40,
  numberWordsChars: 60,
  nativeTextChars: 1_000,
};

/** The deadline that goes with them, in milliseconds; the expressions of `clock` and `kill` need several times that. */
export const TIGHT_DEADLINE_MS = 100;

/** Works for a second or two on `alikeItems(1_000)`, in one step of JSONata that does not listen to its clock. */
export const UNCLOCKED = "$count($distinct(items))";

/** Data with `count` objects under `items` that differ in the last of their 31 fields. */
export function alikeItems(count: number): { items: object[] } {
  const same = Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`k${index}`, index]));
  return { items: Array.from({ length: count }, (_, id) => ({ ...same, id })) };
}

/** The expressions of tests/fixtures/bounded-expressions.json, with their inputs. */
export function readBoundedExpressions(): BoundedExpression[] {
  const file = new URL("../fixtures/bounded-expressions.json", import.meta.url);
  const { expressions } = JSON.parse(readFileSync(file, "utf8")) as { expressions: BoundedExpression[] };
  return expressions.map((expression) =>
    expression.alike === undefined ? expression : { ...expression, input: alikeItems(expression.alike) },
  );
}
