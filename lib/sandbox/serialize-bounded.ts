import { JsonText } from "#lib/core/json-text.ts";
import { depthMax, resultBytesMax } from "./limits.ts";
import type { MovedNumbers } from "./moved-numbers.ts";
import type { Outcome } from "./protocol.ts";
import { writtenNumbers } from "./written-numbers.ts";

type Failure = Exclude<Outcome, { kind: "value" }>;

/**
 * How a result is written: at most these bytes and levels, calculated numbers with 15 digits for `rounds`, and `moved`
 * numbers as they were where they came from.
 */
export type Writing = {
  readonly bytesMax?: number;
  readonly levelsMax?: number;
  readonly rounds?: boolean;
  readonly moved?: Pick<MovedNumbers, "find">;
};

class Stop extends Error {
  readonly outcome: Failure;
  constructor(outcome: Failure) {
    super(outcome.kind);
    this.outcome = outcome;
  }
}

/**
 * Turns what JSONata returned into JSON text, spending at most `bytesMax` bytes and `levelsMax` levels. What was only
 * passed on stands there as it was written.
 * It counts every visit, so a small graph of shared references that would unfold to gigabytes stops at the limit.
 */
export function serializeBounded(
  value: unknown,
  { bytesMax = resultBytesMax, levelsMax = depthMax, rounds = false, moved }: Writing = {},
): Outcome {
  if (value === undefined) return { kind: "nothing" };
  if (value instanceof JsonText) return passOn(value.text, bytesMax);
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
      case "number": {
        if (!Number.isFinite(node)) {
          throw new Stop({
            kind: "error",
            code: "not-finite",
            message: "The result is a number too large to write down, or not a number.",
          });
        }
        const written = moved?.find(node) ?? null;
        if (written !== null) return write(written);
        if (rounds && !Number.isInteger(node)) return write(String(Number(node.toPrecision(15))));
        return write(Object.is(node, -0) ? "0" : String(node));
      }
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
    if (node instanceof JsonText) {
      if (depth > 0 && depth + depthOf(node.text) > levelsMax) throw new Stop({ kind: "too-large", limit: "depth" });
      return write(node.text);
    }
    if (isJsonataFunction(node)) throw new Stop(functionResult());
    if (depth >= levelsMax) throw new Stop({ kind: "too-large", limit: "depth" });
    if (Array.isArray(node)) return visitArray(node, depth);
    visitObject(node, depth);
  }

  function visitArray(list: unknown[], depth: number): void {
    const written = writtenNumbers(list);
    write("[");
    for (let index = 0; index < list.length; index++) {
      if (index > 0) write(",");
      const number = written?.get(String(index));
      if (number === undefined) visit(list[index], depth + 1);
      else write(number);
    }
    write("]");
  }

  function visitObject(node: object, depth: number): void {
    const written = writtenNumbers(node);
    write("{");
    let first = true;
    for (const key of Object.keys(node)) {
      const number = written?.get(key);
      const child = number === undefined ? (node as Record<string, unknown>)[key] : null;
      if (child === undefined) continue;
      if (!first) write(",");
      first = false;
      writeString(key);
      write(":");
      if (number === undefined) visit(child, depth + 1);
      else write(number);
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

/** A value that was only passed on, as it stands in its text. */
function passOn(text: string, bytesMax: number): Outcome {
  const fits = text.length * 3 <= bytesMax || Buffer.byteLength(text) <= bytesMax;
  return fits ? { kind: "value", json: text } : { kind: "too-large", limit: "result" };
}

/** How deep lists and objects nest in a JSON text. */
function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 0x22) {
      for (at++; at < text.length && text.charCodeAt(at) !== 0x22; at++) if (text.charCodeAt(at) === 0x5c) at++;
    } else if (code === 0x7b || code === 0x5b) deepest = Math.max(deepest, ++depth);
    else if (code === 0x7d || code === 0x5d) depth--;
  }
  return deepest;
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
