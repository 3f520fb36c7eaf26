import jsonata from "jsonata";
import { ExpressionRefused } from "./expression-refused.ts";
import type { SandboxLimits } from "./limits.ts";
import { fromBase64, parseJson, toBase64 } from "./text-functions.ts";
import { formatMillis, parseMillis } from "./time-functions.ts";
import { type Reader, tellOfNumber } from "./written-numbers.ts";

/** The clock and the chance an evaluation sees: fixed values, so that a retry computes the same bytes. */
export type FrozenWorld = { now: Date; random: () => number; reader: Reader };

/** Why `$eval` is refused. */
export const evalDisabled = "$eval is not available: write the expression where you need its value.";

type Focus = { environment?: { timestamp?: Date } };
type Implementation = (this: Focus, ...args: never[]) => unknown;
type BuiltIn = { _jsonata_function: true; implementation: Implementation };

const builtInNames = [
  "number",
  "pad",
  "toMillis",
  "fromMillis",
  "parseInteger",
  "formatInteger",
  "formatNumber",
] as const;
const builtInTextNames = [
  "base64encode",
  "base64decode",
  "encodeUrl",
  "encodeUrlComponent",
  "decodeUrl",
  "decodeUrlComponent",
] as const;
type BuiltInName = (typeof builtInNames)[number] | (typeof builtInTextNames)[number];

/** JSONata's own implementations of the functions that are wrapped; read once, they hold no state. */
export async function readBuiltIns(): Promise<Record<BuiltInName, Implementation>> {
  const found = {} as Record<BuiltInName, Implementation>;
  for (const name of [...builtInNames, ...builtInTextNames]) {
    const builtIn = (await jsonata(`$${name}`).evaluate({})) as BuiltIn;
    found[name] = builtIn.implementation;
  }
  return found;
}

/**
 * Replaces the functions of one compiled expression that could run away or differ between two tries.
 * `world` is read at call time: one evaluation at a time per process. Parameter names matter, because JSONata
 * reads them from the source for partial application.
 */
export function guardFunctions(
  expression: jsonata.Expression,
  builtIns: Record<BuiltInName, Implementation>,
  world: () => FrozenWorld,
  limits: SandboxLimits,
): void {
  const call = (name: BuiltInName, self: Focus, ...args: unknown[]) => builtIns[name].apply(self, args as never[]);
  const format = (...given: unknown[]) => call("fromMillis", {}, ...given);
  const refuseLong = (name: string, ...texts: unknown[]) => {
    if (!texts.some((text) => typeof text === "string" && text.length > limits.pictureChars)) return;
    throw refusal("picture-too-long", `${name} takes texts and pictures of at most ${limits.pictureChars} characters.`);
  };

  expression.registerFunction(
    "eval",
    function (this: Focus, expr: unknown) {
      void expr;
      throw refusal("eval-disabled", evalDisabled);
    },
    "<x?x?:x>",
  );

  expression.registerFunction(
    "pad",
    function (this: Focus, str: string, width: number, char: string) {
      const fill = typeof char === "string" && char.length > 1 ? char.length : 1;
      if (typeof str === "string" && Math.abs(width) * fill > limits.padChars) {
        throw refusal("pad-too-long", `$pad makes at most ${limits.padChars} characters.`);
      }
      return call("pad", this, str, width, char);
    },
    "<s-ns?:s>",
  );

  expression.registerFunction(
    "toMillis",
    function (this: Focus, timestamp: string, picture: string) {
      refuseLong("$toMillis", timestamp, picture);
      // Pictures without a date are completed from the frozen clock, never from the machine's.
      const frozen = { environment: { timestamp: world().now } };
      if (timestamp === undefined) return undefined;
      return parseMillis((text, shape) => call("toMillis", frozen, text, shape), timestamp, picture);
    },
    "<s-s?:n>",
  );

  expression.registerFunction(
    "fromMillis",
    function (this: Focus, millis: number, picture: string, timezone: string) {
      refuseLong("$fromMillis", picture, timezone);
      return millis === undefined ? undefined : formatMillis(format, millis, picture, timezone);
    },
    "<n-s?s?:s>",
  );

  expression.registerFunction(
    "formatInteger",
    function (this: Focus, value: number, picture: string) {
      refuseLong("$formatInteger", picture);
      return call("formatInteger", this, value, picture);
    },
    "<n-s:s>",
  );

  expression.registerFunction(
    "parseInteger",
    function (this: Focus, value: string, picture: string) {
      refuseLong("$parseInteger", picture);
      if (typeof value === "string" && value.length > limits.numberWordsChars) {
        throw refusal("text-too-long", `$parseInteger takes at most ${limits.numberWordsChars} characters.`);
      }
      return call("parseInteger", this, value, picture);
    },
    "<s-s:n>",
  );

  expression.registerFunction(
    "formatNumber",
    function (this: Focus, value: number, picture: string, options: object) {
      refuseLong("$formatNumber", picture);
      return call("formatNumber", this, value, picture, options);
    },
    "<n-so?:s>",
  );

  const registerForText = (name: string, of: (str: string) => unknown) =>
    expression.registerFunction(
      name,
      (str: string) => {
        if (typeof str === "string" && str.length > limits.nativeTextChars) {
          throw refusal("text-too-long", `$${name} takes at most ${limits.nativeTextChars} characters.`);
        }
        return str === undefined ? undefined : of(str);
      },
      "<s-:x>",
    );
  for (const name of builtInTextNames) registerForText(name, (str) => call(name, {}, str));
  registerForText("base64encode", (str) => toBase64(str, "base64"));
  registerForText("base64decode", (str) => fromBase64(str, "$base64decode"));
  registerForText("base64urlencode", (str) => toBase64(str, "base64url"));
  registerForText("base64urldecode", (str) => fromBase64(str, "$base64urldecode"));
  registerForText("parseJson", (str) => parseJson(str, world().reader));

  expression.registerFunction(
    "number",
    function (this: Focus, arg: unknown) {
      const number = call("number", this, arg);
      if (typeof arg === "string" && typeof number === "number") tellOfNumber(arg, number, world().reader);
      return number;
    },
    "<(nsb)-:n>",
  );

  expression.registerFunction(
    "now",
    function (this: Focus, picture: string, timezone: string) {
      refuseLong("$now", picture, timezone);
      return formatMillis(format, world().now.getTime(), picture, timezone);
    },
    "<s?s?:s>",
  );

  expression.registerFunction("millis", () => world().now.getTime(), "<:n>");

  expression.registerFunction("random", () => world().random(), "<:n>");

  expression.registerFunction(
    "shuffle",
    function (this: Focus, arr: unknown[]) {
      return arr === undefined || arr.length <= 1 ? arr : shuffled(arr, world().random);
    },
    "<a:a>",
  );
}

function shuffled(list: readonly unknown[], random: () => number): unknown[] {
  const result = list.slice();
  for (let last = result.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [result[last], result[other]] = [result[other], result[last]];
  }
  return result;
}

function refusal(code: string, message: string): ExpressionRefused {
  return new ExpressionRefused(code, message);
}
