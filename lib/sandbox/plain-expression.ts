import jsonata from "jsonata";
import { LRUCache } from "lru-cache";
import { callsMover, readCalculatedNames } from "./calculated-names.ts";
import { LostDigits } from "./lost-digits.ts";
import { evaluatePlainNode } from "./plain-evaluation.ts";
import { type Plain, readPlainNode } from "./plain-nodes.ts";
import { looksLikeFunction } from "./plain-values.ts";
import type { Outcome } from "./protocol.ts";
import { serializeBounded, type Writing } from "./serialize-bounded.ts";

/**
 * Evaluates over data that is parsed or still text; null = this data needs the full engine (an error, a very long
 * list).
 */
export type PlainEvaluation = (context: unknown, writing?: Writing) => Outcome | null;

const sourceCharsMax = 1024;
const cache = new LRUCache<string, { readonly plain: PlainEvaluation | null }>({
  max: 2000,
  memoMethod: (source) => ({ plain: compile(source) }),
});

/**
 * Recognises paths, literals, arithmetic, comparison, concatenation and conditions by their syntax tree: they take
 * time linear in the data and so may run in the host process, with exactly JSONata's result. Null = not one of them.
 */
export function compilePlain(source: string): PlainEvaluation | null {
  return cache.memo(source).plain;
}

function compile(source: string): PlainEvaluation | null {
  // JSONata's parser copies the left side of every `?:`, so a chain of them doubles: never parse one of those here.
  if (source.length > sourceCharsMax || source.split("?").length > 4) return null;
  let node: Plain | null;
  let ast: unknown;
  try {
    ast = jsonata(source).ast();
    node = readPlainNode(ast, true);
  } catch {
    return null; // The child parses it again and words the error.
  }
  if (node === null) return null;
  const root = node;
  const mayKeepDigits = readCalculatedNames(ast) === "none" || callsMover(ast);
  return (context, writing = {}) => {
    if (typeof context !== "object" || context === null || Array.isArray(context)) return null;
    // JSONata takes such data for a function of its own: a child says what comes of that.
    if (looksLikeFunction(context)) return null;
    const lost = new LostDigits();
    try {
      const outcome = lost.markOn(serializeBounded(evaluatePlainNode(root, context, lost), writing));
      // A child keeps the digits of what was taken apart only to be put together otherwise, as by $merge.
      return mayKeepDigits && outcome.kind === "value" && outcome.lost !== undefined ? null : outcome;
    } catch {
      return null; // Type errors and oversized lists: the child gives the exact error.
    }
  };
}
