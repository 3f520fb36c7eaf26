import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeDeadline } from "#lib/platform/egress/deadline.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("a deadline is over after its time, and tells those who still ask", () => {
  const told: string[] = [];
  const deadline = makeDeadline(1_000);
  deadline.onOver(() => told.push("first"));
  const takeBack = deadline.onOver(() => told.push("second"));
  takeBack();
  vi.advanceTimersByTime(999);
  expect([deadline.isOver, told]).toEqual([false, []]);
  vi.advanceTimersByTime(1);
  expect([deadline.isOver, told]).toEqual([true, ["first"]]);
  vi.advanceTimersByTime(10_000);
  expect(told).toEqual(["first"]);
});

test("a stop ends all deadlines under it at once, and none that was ended before", () => {
  const stop = new AbortController();
  const told: number[] = [];
  const deadlines = [1, 2, 3].map((n) => {
    const deadline = makeDeadline(60_000, stop.signal);
    deadline.onOver(() => told.push(n));
    return deadline;
  });
  deadlines[1]?.end();
  stop.abort();
  expect(told).toEqual([1, 3]);
  expect(deadlines.map(({ isOver }) => isOver)).toEqual([true, false, true]);
  expect(vi.getTimerCount()).toBe(0);
  expect(makeDeadline(1, stop.signal).isOver).toBe(true);
});

test("an ended deadline leaves no timer behind", () => {
  const deadline = makeDeadline(1_000, new AbortController().signal);
  deadline.end();
  expect(vi.getTimerCount()).toBe(0);
});
