import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { databaseNow, setDatabaseTime } from "#lib/core/database-time.ts";

const KEY = Symbol.for("hookline.database-time");
const forget = () => delete (globalThis as { [key: symbol]: unknown })[KEY];
beforeEach(() => {
  forget();
  vi.useFakeTimers({ toFake: ["Date", "performance"], now: 1_000_000 });
});
afterEach(() => {
  forget();
  vi.useRealTimers();
});

const now = () => databaseNow().getTime();
const after = (ms: number) => vi.advanceTimersByTime(ms);

test("the first answer counts as given half way between question and answer", () => {
  const askedMs = performance.now();
  after(20);
  setDatabaseTime(5_000_000, askedMs, performance.now());
  expect(now()).toBe(5_000_010);
});

test("a late answer that fits what is known moves nothing, so that later ids never come before earlier ones", () => {
  setDatabaseTime(5_000_000, performance.now(), performance.now());
  for (const [waitedMs, lateMs] of [
    [300, 0],
    [300, 300],
    [40, 11],
  ] as const) {
    const askedMs = performance.now();
    const saidMs = now() + lateMs;
    after(waitedMs);
    const before = now();
    setDatabaseTime(saidMs, askedMs, performance.now());
    expect(now()).toBe(before);
  }
});

test("an answer that cannot fit moves the time as far as it must", () => {
  setDatabaseTime(5_000_000, performance.now(), performance.now());
  const askedMs = performance.now();
  after(100);
  setDatabaseTime(5_000_150, askedMs, performance.now());
  expect(now()).toBe(5_000_150);
  const again = performance.now();
  after(100);
  setDatabaseTime(5_000_000, again, performance.now());
  expect(now()).toBe(5_000_100);
});

test("after the machine slept or its clock was set, the answer alone counts", () => {
  setDatabaseTime(5_000_000, performance.now(), performance.now());
  vi.setSystemTime(90_000_000);
  const askedMs = performance.now();
  after(100);
  setDatabaseTime(5_000_000, askedMs, performance.now());
  expect(now()).toBe(5_000_050);
});
