import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { HOP_MARK_HEADER, hopsOf, makeHopMark, readHopMark } from "#lib/platform/hop-mark.ts";

// Without one the first use would make a key in the data folder of this clone.
process.env.HOOKLINE_SECRET_KEY ??= randomBytes(32).toString("base64");

test("a mark is read by the instance that made it, and by no other", () => {
  const mark = makeHopMark(3);
  expect(readHopMark(mark)).toBe(3);
  expect(makeHopMark(3)).toBe(mark);
  expect(makeHopMark(5_000)).toMatch(/^999\./);
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for("hookline.hop-marks")];
  for (const name of ["secret-key", "env"])
    delete (globalThis as { [key: symbol]: unknown })[Symbol.for(`hookline.${name}`)];
  process.env.HOOKLINE_SECRET_KEY = randomBytes(32).toString("base64");
  expect(readHopMark(mark)).toBe(0);
});

test.each([
  ["", 0],
  ["4", 0],
  ["99.AAAAAAAAAAAAAAAAAAAAAA", 0],
  [makeHopMark(1).replace(/^1/, "0"), 0],
  [makeHopMark(1).replace(/^1/, "9"), 0],
  [`${makeHopMark(1)}x`, 0],
])("a forged mark counts nothing: %s", (mark, hops) => {
  expect(readHopMark(mark)).toBe(hops);
});

test("of several headers the highest genuine one counts, however its name is written", () => {
  const headers = [
    ["Hookline-Hops", makeHopMark(2)],
    [HOP_MARK_HEADER, "9.AAAAAAAAAAAAAAAAAAAAAA"],
    ["HOOKLINE-HOPS", `${makeHopMark(1)}, ${makeHopMark(4)}`],
  ] as const;
  expect(hopsOf(headers)).toBe(4);
  expect(hopsOf([["x", makeHopMark(2)]])).toBe(0);
});
