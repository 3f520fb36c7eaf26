import { expect, test } from "vitest";
import { z } from "zod";
import { InvalidInputError } from "#lib/core/errors.ts";
import { parseInput } from "#lib/core/parse-input.ts";

const schema = z.strictObject({
  name: z.string().min(1).max(3).optional(),
  code: z.string().min(6).optional(),
  rate: z.number().gt(0).max(1_000).optional(),
  bytes: z.int().min(1_024).optional(),
  method: z.enum(["GET", "POST", "PUT"]).optional(),
  list: z.array(z.string()).min(1).max(2).optional(),
  page: z.url().optional(),
  mail: z.email().optional(),
  id: z.uuid().optional(),
  at: z.iso.datetime().optional(),
  word: z
    .string()
    .regex(/^[a-z]+$/)
    .optional(),
  either: z.union([z.number(), z.object({ a: z.string() })]).optional(),
  on: z.boolean().optional(),
  answer: z
    .discriminatedUnion("kind", [z.object({ kind: z.literal("a") }), z.object({ kind: z.literal("b") })])
    .optional(),
  own: z.string().max(1, "has its own words").optional(),
});

const complaintOf = (input: object): string => {
  try {
    parseInput(schema, input);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
  }
  return "none";
};

test.each([
  [{ name: "" }, "name: This is needed."],
  [{ name: "long" }, "name: This may have at most 3 characters."],
  [{ code: "12" }, "code: This needs at least 6 characters."],
  [{ rate: Number.NaN }, "rate: This must be a number."],
  [{ rate: 0 }, "rate: This must be more than 0."],
  [{ rate: 2_000 }, "rate: This may be at most 1,000."],
  [{ bytes: 1.5 }, "bytes: This must be a whole number."],
  [{ bytes: 1 }, "bytes: This must be at least 1,024."],
  [{ method: "HEAD" }, "method: This must be GET, POST or PUT."],
  [{ list: [] }, "list: At least one is needed."],
  [{ list: ["a", "b", "c"] }, "list: There may be at most 2."],
  [{ page: "nowhere" }, "page: This is not an address: begin with https://."],
  [{ mail: "ada" }, "mail: This is not an e-mail address."],
  [{ id: "7" }, "id: This is not an id."],
  [{ at: "today" }, "at: This is not a time such as 2026-01-31T12:00:00Z."],
  [{ word: "7" }, "word: This is not written as it should be."],
  [{ either: "b" }, "either: This has none of the forms it may have."],
  [{ on: "yes" }, "on: This must be true or false."],
  [{ answer: { kind: "c" } }, "answer.kind: This must be a or b."],
  [{ colour: 1 }, 'There is no field "colour" here.'],
  [{ own: "ab" }, "own: has its own words"],
])("says what is wrong with %j in words for a person", (input, words) => {
  expect(complaintOf(input)).toBe(words);
});
