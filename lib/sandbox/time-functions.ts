import { zoneOffsetMs } from "#lib/core/zone-offset.ts";
import { ExpressionRefused } from "./expression-refused.ts";

/** JSONata's own $fromMillis, which gives right results for UTC and for whole positive offsets. */
type Format = (millis: number, picture: string, zone?: string) => unknown;
/** JSONata's own $toMillis. */
type Parse = (text: string, picture: string | undefined) => unknown;

const ISO_PICTURE = "[Y0001]-[M01]-[D01]T[H01]:[m01]:[s01].[f001][Z01:01t]";
/** A doubled bracket is text; a marker's component is its first letter. */
const MARKER = /\[\[|\[([^\]]*)\]/g;
const ISO_FIELDS = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?(?:T(\d\d):(\d\d):(\d\d))?/;
const INSTANT_MS_MAX = 8.64e15;

/**
 * A time in a picture, for every zone that `zoneOffsetMs` knows. The zone's own parts of the picture are filled in
 * here:
 * JSONata's are wrong for zones such as -03:30. Throws for an instant that no date can hold.
 */
export function formatMillis(format: Format, millis: number, picture: string | undefined, zone: string | undefined) {
  if (Number.isNaN(millis) || Math.abs(millis) > INSTANT_MS_MAX) throw beyondDates("$fromMillis", millis);
  const offsetMs = zone === undefined ? 0 : offsetOf(zone, millis);
  if (Math.abs(millis + offsetMs) > INSTANT_MS_MAX) throw beyondDates("$fromMillis", millis);
  if (offsetMs === 0) return format(millis, picture ?? ISO_PICTURE);
  const filled = (picture ?? ISO_PICTURE).replace(MARKER, (marker: string, inner: string | undefined) =>
    /^\s*[Zz]/.test(inner ?? "") ? writeOffset(format, marker, offsetMs) : marker,
  );
  return format(millis + offsetMs, filled);
}

function offsetOf(zone: string, millis: number): number {
  const offsetMs = zoneOffsetMs(zone, millis);
  if (offsetMs !== null) return offsetMs;
  const shown = JSON.stringify(zone.slice(0, 60));
  throw new ExpressionRefused(
    "unknown-zone",
    `${shown} is not a time zone: write an offset such as "+01:00", or a place such as "Europe/Berlin".`,
  );
}

/** The offset as a marker such as `[Z]` or `[z0101]` writes it. */
function writeOffset(format: Format, marker: string, offsetMs: number): string {
  const minutes = Math.floor(Math.abs(offsetMs) / 60_000);
  const ahead = `+${String(Math.floor(minutes / 60)).padStart(2, "0")}${String(minutes % 60).padStart(2, "0")}`;
  const text = String(format(0, marker, ahead));
  return offsetMs < 0 ? text.replace("+", "-") : text;
}

/**
 * A text as milliseconds. Throws for dates that do not exist, such as month 13, which JSONata moves on or makes NaN
 * of.
 */
export function parseMillis(parse: Parse, text: string, picture: string | undefined): number | undefined {
  if (picture === undefined) return parseIso(parse, text);
  const local: number[] = [];
  const found = countingDates(local, text, () => parse(text, picture));
  if (found === undefined) return undefined;
  if (typeof found !== "number" || Number.isNaN(found)) throw noSuchDate(text);
  const at = local.at(-1) ?? found;
  // JSONata reads -03:30 as three hours back and half an hour ahead.
  const offsetMinutes = (at - found) / 60_000;
  if (offsetMinutes >= 0 || offsetMinutes % 60 === 0) return found;
  const hours = Math.floor(offsetMinutes / 60);
  return at - (hours * 60 - (offsetMinutes - hours * 60)) * 60_000;
}

function parseIso(parse: Parse, text: string): number | undefined {
  const found = parse(text, undefined);
  if (found === undefined) return undefined;
  const [, year = "", month = "01", day = "01", ...time] = ISO_FIELDS.exec(text) ?? [];
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  // Date.UTC takes the years 0 to 99 for those after 1900.
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  const exists = date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
  const hour = Number(time[0] ?? "0");
  if (typeof found !== "number" || Number.isNaN(found) || !exists || hour > 24) throw noSuchDate(text);
  return found;
}

/** Lets JSONata put a date together, and throws where it would have to move its parts on; collects what it made. */
function countingDates(made: number[], text: string, work: () => unknown): unknown {
  const utc = Date.UTC;
  Date.UTC = (...parts: Parameters<typeof utc>) => {
    const at = utc(...parts);
    const [year, month = 0, day = 1, hour = 0, minute = 0, second = 0] = parts;
    const date = new Date(at);
    const same =
      (year < 100 || date.getUTCFullYear() === year) &&
      date.getUTCMonth() === month &&
      date.getUTCDate() === day &&
      date.getUTCHours() === hour &&
      date.getUTCMinutes() === minute &&
      date.getUTCSeconds() === second;
    if (!same) throw noSuchDate(text);
    made.push(at);
    return at;
  };
  try {
    return work();
  } finally {
    Date.UTC = utc;
  }
}

function noSuchDate(text: string): ExpressionRefused {
  return new ExpressionRefused("no-such-date", `${JSON.stringify(text.slice(0, 60))} is not a date that exists.`);
}

function beyondDates(name: string, millis: number): ExpressionRefused {
  return new ExpressionRefused("no-such-date", `${name}: no date is ${millis} milliseconds from 1970.`);
}
