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

/** The expressions of tests/fixtures/bounded-expressions.json. */
export function readBoundedExpressions(): BoundedExpression[] {
  const file = new URL("../fixtures/bounded-expressions.json", import.meta.url);
  return (JSON.parse(readFileSync(file, "utf8")) as { expressions: BoundedExpression[] }).expressions;
}
