import { isJsonataFunction } from "./serialize-bounded.ts";

type Described = { code: string; message: string; position?: number; token?: string };

const messageCharsMax = 300;

/**
 * Turns what JSONata or V8 threw into a message for the author of the expression: JSONata's own words and offset
 * for its errors, a neutral sentence for everything else. Never a stack, a file path or the inside of a function.
 */
export function describeError(thrown: unknown): Described | { kind: "memory" } {
  if (thrown instanceof RangeError) {
    if (/call stack/i.test(thrown.message)) {
      return { code: "too-deep", message: "The expression nests or recurses too deeply." };
    }
    return { kind: "memory" };
  }
  if (typeof thrown === "object" && thrown !== null) {
    const error = thrown as Record<string, unknown>;
    const code = error["code"];
    const message = error["message"];
    if (typeof code === "string" && typeof message === "string" && /^[A-Za-z][A-Za-z0-9-]{2,40}$/.test(code)) {
      const position = positionOf(error);
      const token = error["token"];
      return {
        code,
        message: readable(message, error["value"]),
        ...(position === undefined ? {} : { position }),
        ...(typeof token === "string" ? { token: token.slice(0, 100) } : {}),
      };
    }
  }
  return { code: "internal", message: "JSONata could not evaluate this expression on this data." };
}

function positionOf(error: Record<string, unknown>): number | undefined {
  const position = error["position"];
  return typeof position === "number" && Number.isInteger(position) ? position : undefined;
}

function readable(message: string, value: unknown): string {
  const revealsFunction =
    typeof value === "function" || (typeof value === "object" && value !== null && isJsonataFunction(value));
  const start = revealsFunction ? message.search(/[{[]/) : -1;
  const safe = start === -1 ? message : `${message.slice(0, start)}a function`;
  return safe.length > messageCharsMax ? `${safe.slice(0, messageCharsMax)}…` : safe;
}
