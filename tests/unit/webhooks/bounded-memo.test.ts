import { expect, test } from "vitest";
import { boundedMemo } from "#lib/webhooks/bounded-memo.ts";

test("remembers 1,000 texts, nothing included, and forgets those that nobody asked for again", () => {
  const made: string[] = [];
  const remember = boundedMemo((text) => {
    made.push(text);
    return text === "unreadable" ? null : text.length;
  });
  const makings = (text: string) => made.filter((each) => each === text).length;
  remember("unreadable");
  remember("once");
  // What is made up comes once; what is real comes again and again.
  for (let each = 0; each < 3_000; each++) {
    remember(`made up ${each}`);
    expect(remember("unreadable")).toBeNull();
    expect(remember("key")).toBe(3);
  }
  expect(makings("key")).toBe(1);
  expect(makings("unreadable")).toBe(1);
  remember("made up 2999");
  expect(makings("made up 2999")).toBe(1);
  remember("once");
  expect(makings("once")).toBe(2);
});
