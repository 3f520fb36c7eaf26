import type { z } from "zod";
import { InvalidInputError } from "#lib/core/errors.ts";
import { plainIssue } from "#lib/core/plain-issue.ts";

/** The input as its schema gives it; throws InvalidInputError naming every field that does not fit, by JSON path. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  refuseNul(input);
  const read = schema.safeParse(input, { error: plainIssue });
  if (read.success) return read.data;
  throw new InvalidInputError(read.error.issues.map(({ path, message }) => ({ field: jsonPath(path), message })));
}

/** A place in JSON as people write it: `steps[2].input.url`. */
export function jsonPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === "number") return `${text}[${part}]`;
    return text === "" ? String(part) : `${text}.${String(part)}`;
  }, "");
}

/** Throws InvalidInputError for a NUL character in a text or in an object's own texts: the database cannot keep one. */
export function refuseNul(input: unknown): void {
  const texts = typeof input === "object" && input !== null ? Object.entries(input) : [["", input] as const];
  const problems = texts
    .filter(([, text]) => typeof text === "string" && text.includes("\u0000"))
    .map(([field]) => ({ field, message: "A text may not contain a NUL character." }));
  if (problems.length > 0) throw new InvalidInputError(problems);
}
