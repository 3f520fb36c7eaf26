import { describe, expect, it } from "vitest";
import { lastTime, nextTimes, timingProblem } from "#lib/engine/schedule/next-time.ts";

const times = (cron: string, zone: string, after: string, count: number) =>
  nextTimes({ cron, zone }, new Date(after), count).map((at) => at.toISOString().slice(0, 16));

describe("where the clocks go forward", () => {
  it.each([
    ["30 2 * * *", "Europe/Berlin", "2026-03-28T12:00Z", ["2026-03-29T01:30", "2026-03-30T00:30"]],
    ["0 2 * * *", "America/New_York", "2026-03-07T12:00Z", ["2026-03-08T07:00", "2026-03-09T06:00"]],
    ["15 2 * * *", "Australia/Lord_Howe", "2026-10-03T00:00Z", ["2026-10-03T15:45", "2026-10-04T15:15"]],
    ["0 0 * * *", "America/Santiago", "2026-09-05T05:00Z", ["2026-09-06T04:00", "2026-09-07T03:00"]],
    ["30 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00Z", ["2026-03-29T01:30", "2026-03-30T00:30"]],
  ])("%s in %s is due later, once", (cron, zone, after, due) => expect(times(cron, zone, after, 2)).toEqual(due));

  it("counts real hours where every hour is wanted", () => {
    const due = ["2026-03-29T00:30", "2026-03-29T01:00", "2026-03-29T01:30", "2026-03-29T02:00"];
    expect(times("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:20Z", 4)).toEqual(due);
  });
});

describe("where the clocks go back", () => {
  it.each([
    ["30 2 * * *", "Europe/Berlin", "2026-10-24T12:00Z", ["2026-10-25T00:30", "2026-10-26T01:30"]],
    ["30 1 * * *", "America/New_York", "2026-10-31T12:00Z", ["2026-11-01T05:30", "2026-11-02T06:30"]],
    ["45 1 * * *", "Australia/Lord_Howe", "2026-04-04T00:00Z", ["2026-04-04T14:45", "2026-04-05T15:15"]],
    ["0 3 * * *", "Europe/Berlin", "2026-10-24T12:00Z", ["2026-10-25T02:00", "2026-10-26T02:00"]],
  ])("%s in %s is due the first time alone", (cron, zone, after, due) =>
    expect(times(cron, zone, after, 2)).toEqual(due),
  );

  it("counts real hours where every hour is wanted", () => {
    const due = ["2026-10-25T00:00", "2026-10-25T00:30", "2026-10-25T01:00", "2026-10-25T01:30", "2026-10-25T02:00"];
    expect(times("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:45Z", 5)).toEqual(due);
  });
});

it.each([
  ["0 9 31 * *", "UTC", "2026-01-31T10:00Z", ["2026-03-31T09:00", "2026-05-31T09:00"]],
  ["0 9 L * *", "UTC", "2026-01-31T10:00Z", ["2026-02-28T09:00", "2026-03-31T09:00"]],
  ["0 0 29 2 *", "Asia/Kathmandu", "2026-01-01T00:00Z", ["2028-02-28T18:15", "2032-02-28T18:15"]],
  ["0 9 * * 1-5", "Europe/Berlin", "2026-12-04T12:00Z", ["2026-12-07T08:00", "2026-12-08T08:00"]],
  ["0 9 1 7 *", "Europe/Berlin", "2026-12-04T12:00Z", ["2027-07-01T07:00", "2028-07-01T07:00"]],
])("%s in %s keeps to the calendar and the clock on the wall", (cron, zone, after, due) =>
  expect(times(cron, zone, after, 2)).toEqual(due),
);

it("goes on without a step back, whatever the clocks do", () => {
  const turns = { "Europe/Berlin": ["2026-03-28", "2026-10-24"], "Australia/Lord_Howe": ["2026-04-03", "2026-10-02"] };
  for (const [zone, days] of Object.entries(turns))
    for (const day of days)
      for (const cron of ["*/17 * * * *", "*/20 1-3 * * *", "0,30 0-4 * * *"]) {
        const due = nextTimes({ cron, zone }, new Date(`${day}T00:00Z`), 60).map((at) => at.getTime());
        expect(due.every((at, index) => index === 0 || at > (due[index - 1] ?? 0))).toBe(true);
      }
});

it("finds the last time that was missed, near and far", () => {
  const last = (cron: string, first: string, now: string) =>
    lastTime({ cron, zone: "UTC" }, new Date(first), new Date(now)).toISOString().slice(0, 16);
  expect(last("* * * * *", "2026-01-01T00:00Z", "2026-06-01T12:00:30Z")).toBe("2026-06-01T12:00");
  expect(last("0 9 1 * *", "2026-01-01T09:00Z", "2026-06-20T12:00Z")).toBe("2026-06-01T09:00");
  expect(last("0 9 1 1 *", "2026-01-01T09:00Z", "2026-06-20T12:00Z")).toBe("2026-01-01T09:00");
});

it.each([
  ["0 9 * * *", "Mars/Olympus", "unknown-zone"],
  ["often", "UTC", "bad-cron"],
  ["0 9 * *", "UTC", "bad-cron"],
  ["* * * * * *", "UTC", "bad-cron"],
  ["60 * * * *", "UTC", "bad-cron"],
  ["0 0 30 2 *", "UTC", "never-due"],
  ["0 9 * * *", "+01:00", null],
])("says what is wrong with %s in %s: %s", (cron, zone, problem) =>
  expect(timingProblem({ cron, zone }, new Date("2026-12-01T00:00Z"))).toBe(problem),
);
