import { expect, it } from "vitest";
import { type BodyNote, isBodyNote, isDeviation } from "#lib/bodies/body-notes.ts";
import type { Json } from "#lib/core/json.ts";
import { viewAnswerNotes } from "#lib/views/answer-notes.ts";

it("says each note of an answer in words, with the way to its exact numbers, and leaves unknown kinds out", () => {
  const answer: Json = {
    status: 200,
    notes: [
      { kind: "read-by-content", declared: "text/plain", format: "json" },
      { kind: "lossy-number", path: "order.id", text: "9007199254740993" },
      { kind: "from a later version", path: "x" },
      "no note",
    ],
  };
  expect(viewAnswerNotes(answer, "call").map(({ sentence, exact }) => [sentence, exact?.expression ?? null])).toEqual([
    ["Its type says text/plain, but it is JSON, so it was read as JSON.", null],
    ["order.id is 9007199254740993, which loses digits as a number.", "steps.call.exact.order.id"],
  ]);
  expect(viewAnswerNotes(answer, "get order")[1]?.exact?.expression).toBe("steps.`get order`.exact.order.id");
  for (const none of [null, "text", [], { notes: "x" }]) expect(viewAnswerNotes(none, "call")).toEqual([]);
});

it("tells notes that a body is not what its headers say from those about its numbers and keys only", () => {
  const notes: BodyNote[] = [
    { kind: "other-charset", declared: "utf-8", used: "windows-1252" },
    { kind: "duplicate-key", path: "a" },
  ];
  expect(notes.map(isDeviation)).toEqual([true, false]);
  expect([...notes, { kind: "toString" }, {}, null].map(isBodyNote)).toEqual([true, true, false, false, false]);
});
