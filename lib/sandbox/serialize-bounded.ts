import { depthMax, resultBytesMax } from "./limits.ts";
import type { Outcome } from "./protocol.ts";

type Failure = Exclude<Outcome, { kind: "value" }>;

class Stop extends Error {
  readonly outcome: Failure;
  constructor(outcome: Failure) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * Turns what JSONata returned into JSON text, spending at most `resultBytesMax` bytes and `depthMax` levels.
 * It counts every visit, so a small graph of shared references that would unfold to gigabytes stops at the limit.
 */
export function serializeBounded(value: unknown, bytesMax: number = resultBytesMax): Outcome {
  if (value === undefined) return { kind: "nothing" };
  const parts: string[] = [];
  let bytesLeft = bytesMax;

  function write(text: string): void {
    bytesLeft -= Buffer.byteLength(text);
    if (bytesLeft < 0) throw new Stop({ kind: "too-large", limit: "result" });
    parts.push(text);
  }

  function writeString(text: string): void {
    // Checked before JSON.stringify, which would first build the whole copy.
    if (text.length > bytesLeft) throw new Stop({ kind: "too-large", limit: "result" });
    write(JSON.stringify(text));
  }

  function visit(node: unknown, depth: number): void {
    switch (typeof node) {
      case "string":
        return writeString(node);
      case "number":
        if (!Number.isFinite(node)) {
          throw new Stop({
            kind: "error",
            code: "not-finite",
            message: "The result is a number too large to write down, or not a number.",
          });
        }
        return write(Object.is(node, -0) ? "0" : String(node));
      case "boolean":
        return write(node ? "true" : "false");
      case "undefined":
        return write("null");
      case "object":
        break;
      default:
        throw new Stop(functionResult());
    }
    if (node === null) return write("null");
    if (isJsonataFunction(node)) throw new Stop(functionResult());
    if (depth >= depthMax) throw new Stop({ kind: "too-large", limit: "depth" });
    if (Array.isArray(node)) return visitArray(node, depth);
    visitObject(node, depth);
  }

  function visitArray(list: unknown[], depth: number): void {
    write("[");
    for (let index = 0; index < list.length; index++) {
      if (index > 0) write(",");
      visit(list[index], depth + 1);
    }
    write("]");
  }

  function visitObject(node: object, depth: number): void {
    write("{");
    let first = true;
    for (const key of Object.keys(node)) {
      const child = (node as Record<string, unknown>)[key];
      if (child === undefined) continue;
      if (!first) write(",");
      first = false;
      writeString(key);
      write(":");
      visit(child, depth + 1);
    }
    write("}");
  }

  try {
    visit(value, 0);
  } catch (cause) {
    if (cause instanceof Stop) return cause.outcome;
    throw cause;
  }
  return { kind: "value", json: parts.join("") };
}

/** True for JSONata's lambdas and built-ins; data that merely carries their marker keys holds no code and is data. */
export function isJsonataFunction(node: object): boolean {
  const marked = node as Record<string, unknown>;
  return (
    (marked["_jsonata_lambda"] === true && typeof marked["apply"] === "function") ||
    (marked["_jsonata_function"] === true && typeof marked["implementation"] === "function")
  );
}

function functionResult(): Failure {
  return {
    kind: "error",
    code: "function-result",
    message: "The result is (or contains) a function. Call it, for example $f(value), to get a value.",
  };
}
