import jsonata from "jsonata";
import { LRUCache } from "lru-cache";
import { readReferences } from "#lib/engine/references/read-references.ts";
import { readSlips } from "#lib/engine/references/read-slips.ts";
import { readUnsetVariables } from "#lib/engine/references/read-unset-variables.ts";
import { describeError } from "./describe-error.ts";
import { createEvaluationClock } from "./evaluation-clock.ts";
import { ExpressionRefused } from "./expression-refused.ts";
import { frozenChance } from "./frozen-chance.ts";
import { evalDisabled, type FrozenWorld, guardFunctions, readBuiltIns } from "./guarded-functions.ts";
import { type SandboxLimits, sandboxLimits } from "./limits.ts";
import { LostDigits } from "./lost-digits.ts";
import { MovedNumbers } from "./moved-numbers.ts";
import type { CheckOutcome, Outcome } from "./protocol.ts";
import { compileRegex, Re2Regex } from "./re2-regex.ts";
import { serializeBounded } from "./serialize-bounded.ts";
import type { Reader } from "./written-numbers.ts";

const cachedExpressionsMax = 500;
const cachedCharsMax = 256 * 1024;

/**
 * What an evaluation sees beside its data: frozen time and chance, who is told of lost digits, and how numbers are
 * written.
 */
type EvaluationWorld = { now: string; seed: string; reader?: Reader; rounds?: boolean };

/** JSONata as a child runs it: RE2, guards, frozen clock and chance, bounded result. Not safe in the host process. */
export type Evaluator = {
  /** Evaluates one source over `input`; call it again only after the promise settled. */
  evaluate(source: string, input: unknown, world: EvaluationWorld, deadlineMs: number): Promise<Outcome>;
  /** Says whether a source may be saved: syntax, size, regular expressions, no `$eval`. */
  check(source: string): CheckOutcome;
};

/** Builds the evaluator; asynchronous only because JSONata hands out its own functions that way. */
export async function createEvaluator(limits: SandboxLimits = sandboxLimits): Promise<Evaluator> {
  const builtIns = await readBuiltIns();
  const cache = new LRUCache<string, jsonata.Expression>({
    max: cachedExpressionsMax,
    maxSize: cachedCharsMax,
    sizeCalculation: (_, source) => source.length,
    memoMethod: compile,
  });
  const clock = createEvaluationClock();
  let world: FrozenWorld = { now: new Date(0), random: () => 0, reader: { lost: null } };

  function compile(source: string): jsonata.Expression {
    const options = {
      RegexEngine: Re2Regex as unknown as RegExpConstructor,
      // Read by JSONata at every step.
      get timeout() {
        return clock.limitMs();
      },
      stack: limits.stack,
      sequence: limits.sequence,
    };
    const expression = jsonata(source, options);
    guardFunctions(expression, builtIns, () => world, limits);
    return expression;
  }

  return {
    async evaluate(source, input, { now, seed, reader = { lost: null }, rounds = false }, deadlineMs) {
      if (Buffer.byteLength(source) > limits.sourceBytes) return { kind: "too-large", limit: "source" };
      try {
        const expression = cache.memo(source);
        clock.start(deadlineMs);
        const lost = new LostDigits();
        const moved = new MovedNumbers(() => expression.ast(), lost);
        Object.assign(reader, { lost, moved });
        const writing = { bytesMax: limits.resultBytes, levelsMax: limits.depth, rounds, moved };
        world = { now: new Date(now), random: lazyChance(seed), reader };
        const outcome = serializeBounded(await expression.evaluate(input), writing);
        moved.settle();
        return lost.markOn(outcome);
      } catch (thrown) {
        const described = describeError(thrown);
        if ("kind" in described) return described;
        return described.code === "D1012" ? { kind: "timeout" } : { kind: "error", ...described };
      }
    },

    check(source) {
      if (Buffer.byteLength(source) > limits.sourceBytes) return { kind: "too-large", limit: "source" };
      try {
        const ast: unknown = jsonata(source).ast();
        refuseUnusable(ast);
        return {
          kind: "ok",
          references: [...readReferences(ast, source), ...readUnsetVariables(ast, source), ...readSlips(ast, source)],
        };
      } catch (thrown) {
        const described = describeError(thrown);
        return "kind" in described ? described : { kind: "error", ...described };
      }
    },
  };
}

function lazyChance(seed: string): () => number {
  let chance: (() => number) | null = null;
  return () => {
    chance ??= frozenChance(seed);
    return chance();
  };
}

/** Walks the whole tree for what parses but can never run: unsupported regular expressions and `$eval`. */
function refuseUnusable(ast: unknown): void {
  const pending: unknown[] = [ast];
  const seen = new Set<object>();
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    if (typeof node !== "object" || node === null || seen.has(node)) continue;
    seen.add(node);
    const { type, value, position } = node as Record<string, unknown>;
    if (type === "regex" && value instanceof RegExp) {
      try {
        compileRegex(value);
      } catch (cause) {
        throw cause instanceof Error ? Object.assign(cause, { position }) : cause;
      }
    }
    if (type === "variable" && value === "eval") {
      throw Object.assign(new ExpressionRefused("eval-disabled", evalDisabled), { position, token: "eval" });
    }
    for (const child of Object.values(node)) if (child !== undefined) pending.push(child);
  }
}
