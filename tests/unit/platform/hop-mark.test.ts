import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { HOP_MARK_HEADER, hopsOf, makeHopMark, readHopMark } from "#lib/platform/hop-mark.ts";

// Without one the first use would make a key in the data folder of this clone.
process.env.HOOKLINE_SECRET_KEY ??= randomBytes(32).toString("base64");

const place = { runId: "0192f0c1-0000-7000-8000-000000000001", stepPath: "call" };

test("a mark is read by the instance that made it, and says nothing of the run", () => {
  const mark = makeHopMark(3, place);
  expect(readHopMark(mark)).toBe(3);
  expect(makeHopMark(3, place)).toBe(mark);
  expect(mark).not.toContain(place.runId.slice(0, 8));
});

test.each([
  ["", 0],
  ["4", 0],
  ["99.AAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA", 0],
  [makeHopMark(1, place).replace(/^1/, "0"), 0],
  [makeHopMark(1, place).replace(/^1/, "9"), 0],
  [`${makeHopMark(1, place)}x`, 0],
])("a forged mark counts nothing: %s", (mark, hops) => {
  expect(readHopMark(mark)).toBe(hops);
});

test("of several headers the highest genuine one counts, however its name is written", () => {
  const headers = [
    ["Hookline-Hops", makeHopMark(2, place)],
    [HOP_MARK_HEADER, "9.AAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAA"],
    ["HOOKLINE-HOPS", `${makeHopMark(1, place)}, ${makeHopMark(4, place)}`],
  ] as const;
  expect(hopsOf(headers)).toBe(4);
  expect(hopsOf([["x", makeHopMark(2, place)]])).toBe(0);
});
