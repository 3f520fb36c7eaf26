import type { z } from "zod";

const TYPE_WORDS: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
  date: "a date",
  null: "null",
};

const FORMAT_WORDS: Record<string, string> = {
  url: "an address: begin with https://",
  email: "an e-mail address",
  uuid: "an id",
  datetime: "a time such as 2026-01-31T12:00:00Z",
};

/**
 * What is wrong with one value in words for a person, where its schema says nothing of its own; undefined for what only
 * a schema can word.
 */
export function plainIssue(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined || issue.input === "") return "This is needed.";
      if (issue.expected === "never") return "This may not be given.";
      return `This must be ${TYPE_WORDS[issue.expected] ?? issue.expected}.`;
    case "too_small":
      return tooSmall(issue.origin, Number(issue.minimum), issue.inclusive !== false);
    case "too_big":
      return tooBig(issue.origin, Number(issue.maximum), issue.inclusive !== false);
    case "invalid_value":
      return `This must be ${listOf(issue.values.map(String))}.`;
    case "invalid_union":
      return issue.discriminator !== undefined && Array.isArray(issue.options)
        ? `This must be ${listOf(issue.options.map(String))}.`
        : "This has none of the forms it may have.";
    case "unrecognized_keys":
      return `There is no field ${issue.keys.map((key) => `"${key}"`).join(", ")} here.`;
    case "not_multiple_of":
      return `This must be a multiple of ${issue.divisor}.`;
    case "invalid_format":
      return `This is not ${FORMAT_WORDS[issue.format] ?? "written as it should be"}.`;
    default:
      return undefined;
  }
}

function tooSmall(origin: string, minimum: number, inclusive: boolean): string {
  if (origin === "string" && minimum <= 1) return "This is needed.";
  if (origin === "string") return `This needs at least ${count(minimum)} characters.`;
  if (origin === "array" || origin === "set")
    return minimum <= 1 ? "At least one is needed." : `At least ${count(minimum)} are needed.`;
  return inclusive ? `This must be at least ${count(minimum)}.` : `This must be more than ${count(minimum)}.`;
}

function tooBig(origin: string, maximum: number, inclusive: boolean): string {
  if (origin === "string") return `This may have at most ${count(maximum)} characters.`;
  if (origin === "array" || origin === "set") return `There may be at most ${count(maximum)}.`;
  return inclusive ? `This may be at most ${count(maximum)}.` : `This must be less than ${count(maximum)}.`;
}

function listOf(words: readonly string[]): string {
  return words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

function count(number: number): string {
  return number.toLocaleString("en");
}
