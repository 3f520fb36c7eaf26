import { expect, test } from "vitest";
import { barOf, spanOf } from "#components/runs/timeline-geometry.ts";

const step = (
  startMs: number | null,
  endMs: number | null,
  tries: { startMs: number; endMs: number | null; tone: "ok" | "bad" }[] = [],
) => ({ startMs, endMs, tone: "ok" as const, tries });

test("draws a step at its real times", () => {
  const steps = [step(0, 100), step(100, 400)];
  const span = spanOf(steps, { startMs: 0, endMs: 400 }, 9_999);
  expect(span).toEqual({ fromMs: 0, toMs: 400 });
  expect(barOf(steps[1] ?? step(0, 0), span)).toEqual([{ kind: "work", leftPct: 25, widthPct: 75, tone: "ok" }]);
});

test("draws waits between tries as gaps", () => {
  const retried = step(0, 1_000, [
    { startMs: 0, endMs: 100, tone: "bad" },
    { startMs: 900, endMs: 1_000, tone: "ok" },
  ]);
  expect(
    barOf(retried, { fromMs: 0, toMs: 1_000 }).map(({ kind, leftPct, widthPct }) => [kind, leftPct, widthPct]),
  ).toEqual([
    ["work", 0, 10],
    ["gap", 10, 80],
    ["work", 90, 10],
  ]);
});

test("draws an unfinished step to now, and its wait for the next try as a gap", () => {
  const waiting = step(0, null, [{ startMs: 0, endMs: 100, tone: "bad" }]);
  const span = spanOf([waiting], { startMs: 0, endMs: null }, 1_000);
  expect(barOf(waiting, span).map(({ kind, widthPct }) => [kind, widthPct])).toEqual([
    ["work", 10],
    ["gap", 90],
  ]);
});

test("never draws outside, however the clocks stood", () => {
  const odd = step(-50, 5_000);
  const span = { fromMs: 0, toMs: 100 };
  expect(barOf(odd, span)).toEqual([{ kind: "work", leftPct: 0, widthPct: 100, tone: "ok" }]);
  expect(spanOf([step(null, null)], { startMs: 5, endMs: 5 }, 5)).toEqual({ fromMs: 5, toMs: 6 });
  expect(barOf(step(null, null), span)).toEqual([]);
});
