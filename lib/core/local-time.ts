import { DAY, HOUR, MINUTE, SECOND } from "#lib/core/units.ts";
import { zoneOffsetMs } from "#lib/core/zone-offset.ts";

/** A time as a clock on the wall shows it, in milliseconds since 1970 as if it were UTC. */
export type WallTime = number;

const LOCAL = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?)?$/;
const CLOCK = /^(\d{1,2}):(\d\d)(?::(\d\d))?$/;

/** Reads `2026-12-24`, `2026-12-24T09:00` or with seconds; null for what is no such time or no day of the calendar. */
export function readWallTime(text: string): WallTime | null {
  const found = LOCAL.exec(text);
  if (found === null) return null;
  const [, year = "", month = "", day = "", hour = "0", minute = "0", second = "0", fraction = ""] = found;
  const midnight = new Date(0);
  midnight.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (midnight.getUTCMonth() !== Number(month) - 1 || midnight.getUTCDate() !== Number(day)) return null;
  const clock = clockMs(hour, minute, second);
  return clock === null ? null : midnight.getTime() + clock + Math.floor(Number(`0.${fraction || "0"}`) * SECOND);
}

/** Reads `9:00` or `09:00:30` as milliseconds since midnight; null for what is no time of a day. */
export function readClock(text: string): number | null {
  const found = CLOCK.exec(text);
  return found === null ? null : clockMs(found[1] ?? "", found[2] ?? "", found[3] ?? "0");
}

function clockMs(hour: string, minute: string, second: string): number | null {
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return null;
  return Number(hour) * HOUR + Number(minute) * MINUTE + Number(second) * SECOND;
}

/**
 * The instant at which clocks of a zone show a time, in milliseconds. Of two (clocks are put back) the first; where
 * there is none (clocks are put forward) what the clock would have shown without that, so 02:30 becomes 03:30, as RFC
 * 5545 (3.3.5) has it. Null for an unknown zone.
 */
export function instantAt(wall: WallTime, zone: string): number | null {
  const before = zoneOffsetMs(zone, wall - DAY);
  const after = zoneOffsetMs(zone, wall + DAY);
  if (before === null || after === null) return null;
  const shown = [before, after]
    .map((offset) => wall - offset)
    .filter((at) => at + (zoneOffsetMs(zone, at) ?? 0) === wall);
  return shown.length === 0 ? wall - before : Math.min(...shown);
}

/** The next instant after `now` at which clocks of a zone show this time of the day; null for an unknown zone. */
export function nextClock(clock: number, zone: string, now: number): number | null {
  const offset = zoneOffsetMs(zone, now);
  if (offset === null) return null;
  const today = Math.floor((now + offset) / DAY) * DAY;
  for (const day of [today, today + DAY, today + 2 * DAY]) {
    const at = instantAt(day + clock, zone);
    if (at !== null && at > now) return at;
  }
  return null;
}
