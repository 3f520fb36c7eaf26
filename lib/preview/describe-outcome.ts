import type { Outcome } from "#lib/sandbox/protocol.ts";

/** In plain words why an expression came to no value. */
export function describeOutcome(outcome: Exclude<Outcome, { kind: "value" | "nothing" }>): string {
  switch (outcome.kind) {
    case "error":
      return outcome.position === undefined ? outcome.message : `${outcome.message} (at ${outcome.position})`;
    case "timeout":
      return "The expression took too long and was stopped.";
    case "memory":
      return "The expression used too much memory and was stopped.";
    case "too-large":
      return {
        source: "The expression is too long.",
        context: "The event and earlier outputs are too large together for an expression.",
        result: "The expression's result is too large.",
        depth: "The expression's result is nested too deep.",
      }[outcome.limit];
  }
}
