import { z } from "zod";
import { parseInput } from "#lib/core/parse-input.ts";
import { KIB } from "#lib/core/units.ts";
import { VARIABLE_NAME } from "#lib/engine/used-variables.ts";

/** A variable's JSON has at most so many bytes. */
export const VARIABLE_BYTES_MAX = 64 * KIB;

/** The name of a variable that is made. */
export const variableNameSchema = z
  .string()
  .regex(
    VARIABLE_NAME,
    "A name has letters, digits and underscores, does not begin with a digit, and has at most 64 characters.",
  );

/** A value as people and programs write it: "text" as it stands, "json" as JSON text, kept with every digit. */
export const variableValueSchema = z.strictObject({
  kind: z.enum(["text", "json"]),
  text: z.string().max(VARIABLE_BYTES_MAX, "A variable holds at most 64 KiB."),
});

/** Checks a value; gives the JSON to store. Throws InvalidInputError naming the field. */
export function readVariableValue(input: unknown): string {
  return parseInput(checkedSchema, input);
}

const checkedSchema = variableValueSchema.transform(({ kind, text }, context) => {
  const refuse = (message: string) => {
    context.addIssue({ code: "custom", path: ["text"], message });
    return z.NEVER;
  };
  const json = kind === "text" ? JSON.stringify(text) : text.trim();
  if (Buffer.byteLength(json) > VARIABLE_BYTES_MAX) return refuse("A variable holds at most 64 KiB.");
  // Postgres keeps neither in a text, and expressions could not write them either.
  if (json.includes("\u0000")) return refuse("A variable holds no zero byte.");
  try {
    JSON.parse(json);
  } catch (error) {
    return refuse(`This is not JSON: ${error instanceof Error ? error.message : "it cannot be read"}.`);
  }
  return json.isWellFormed() ? json : refuse("A variable holds no half characters (lone surrogates).");
});
