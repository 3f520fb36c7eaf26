import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { instantAt, nextClock, readClock, readWallTime } from "#lib/core/local-time.ts";

const at = (wall: string, zone: string) => {
  const instant = instantAt(readWallTime(wall) ?? Number.NaN, zone);
  return instant === null ? null : new Date(instant).toISOString();
};

describe("a time on the wall", () => {
  it.each([
    ["2026-12-24", "Europe/Berlin", "2026-12-23T23:00:00.000Z"],
    ["2026-07-01T09:00", "Europe/Berlin", "2026-07-01T07:00:00.000Z"],
    ["2026-07-01 09:00:30.25", "UTC", "2026-07-01T09:00:30.250Z"],
    ["2026-07-01T09:00", "+05:30", "2026-07-01T03:30:00.000Z"],
    // Clocks are put forward: there is no 02:30.
    ["2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:30:00.000Z"],
    ["2026-03-08T02:30", "America/New_York", "2026-03-08T07:30:00.000Z"],
    // Clocks are put back: 02:30 comes twice, and the first counts.
    ["2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00.000Z"],
    ["2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00.000Z"],
    // By half an hour, and a day that a country left out.
    ["2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00.000Z"],
    ["2011-12-30T12:00", "Pacific/Apia", "2011-12-30T22:00:00.000Z"],
  ])("%s in %s is %s", (wall, zone, instant) => expect(at(wall, zone)).toBe(instant));

  it.each(["2026-02-30", "2026-13-01", "2026-01-01T24:00", "2026-01-01T09:60", "tomorrow", "09:00", "2026-01-01T09"])(
    "%s is none",
    (text) => expect(readWallTime(text)).toBeNull(),
  );

  it("is in no zone that nobody knows", () => expect(at("2026-01-01", "CET")).toBeNull());

  it("is found again from any instant, in any zone", () => {
    const zones = ["Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Chatham"];
    const instants = fc.integer({ min: Date.UTC(1990, 0), max: Date.UTC(2035, 0) }).map((ms) => ms - (ms % 1_000));
    fc.assert(
      fc.property(instants, fc.constantFrom(...zones), (instant, zone) => {
        const wall = wallOf(instant, zone);
        const found = instantAt(wall, zone) ?? Number.NaN;
        // Of two instants that clocks show alike, the first.
        expect(wallOf(found, zone)).toBe(wall);
        expect(found).toBeLessThanOrEqual(instant);
        expect(instant - found).toBeLessThanOrEqual(3_600_000);
      }),
      { seed: 7, numRuns: 500 },
    );
  });
});

/** What the runtime's own formatter shows at an instant. */
function wallOf(instant: number, zone: string): number {
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    hourCycle: "h23",
    ...({ year: "numeric", month: "numeric", day: "numeric" } as const),
    ...({ hour: "numeric", minute: "numeric", second: "numeric" } as const),
  }).formatToParts(instant);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second"));
}

describe("the next time that clocks show", () => {
  const next = (clock: string, zone: string, now: string) => {
    const found = nextClock(readClock(clock) ?? Number.NaN, zone, Date.parse(now));
    return found === null ? null : new Date(found).toISOString();
  };
  it.each([
    ["09:00", "Europe/Berlin", "2026-07-01T06:59:59Z", "2026-07-01T07:00:00.000Z"],
    ["09:00", "Europe/Berlin", "2026-07-01T07:00:00Z", "2026-07-02T07:00:00.000Z"],
    ["9:00", "Europe/Berlin", "2026-10-24T08:00:00Z", "2026-10-25T08:00:00.000Z"],
    ["00:30", "Asia/Tokyo", "2026-07-01T15:00:00Z", "2026-07-01T15:30:00.000Z"],
    ["02:30", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:30:00.000Z"],
    ["23:59:59", "UTC", "2026-12-31T23:59:59Z", "2027-01-01T23:59:59.000Z"],
  ])("%s in %s after %s is %s", (clock, zone, now, instant) => expect(next(clock, zone, now)).toBe(instant));

  it("is no time that a day does not have", () => {
    expect([readClock("24:00"), readClock("9"), readClock("09:60"), readClock("nine")]).toEqual([
      null,
      null,
      null,
      null,
    ]);
    expect(next("09:00", "Mars/Base", "2026-01-01T00:00:00Z")).toBeNull();
  });
});
