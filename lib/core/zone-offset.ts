import { LRUCache } from "lru-cache";

const WRITTEN = /^([+-]?)(\d{1,2})(?::?(\d{2}))?$/;
const OFFSET_NAME = /^GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?$/;

const formats = new LRUCache<string, Intl.DateTimeFormat>({
  max: 50,
  memoMethod: (zone) => new Intl.DateTimeFormat("en", { timeZone: zone, timeZoneName: "longOffset" }),
});

/**
 * How far a time zone is ahead of UTC at an instant, in milliseconds. A zone is `Z`, `UTC`, `GMT`, an offset (`+05:30`,
 * `+0530`, `-03`) or a place of the IANA database (`Europe/Berlin`), summer time included. Null for anything else:
 * abbreviations such as CET mean different offsets in different places and seasons.
 */
export function zoneOffsetMs(zone: string, millis: number): number | null {
  if (/^(?:z|utc|gmt)$/i.test(zone)) return 0;
  const written = WRITTEN.exec(zone);
  if (written !== null) {
    const [, sign, hours = "0", minutes = "0"] = written;
    if (Number(hours) > 23 || Number(minutes) > 59) return null;
    return inMs(sign, hours, minutes, "0");
  }
  if (!zone.includes("/")) return null;
  const shown = formatOf(zone)
    ?.formatToParts(millis)
    .find((part) => part.type === "timeZoneName");
  const named = OFFSET_NAME.exec(shown?.value ?? "");
  if (named === null) return null;
  const [, sign, hours = "0", minutes = "0", seconds = "0"] = named;
  return inMs(sign, hours, minutes, seconds);
}

function inMs(sign: string | undefined, hours: string, minutes: string, seconds: string): number {
  const ms = ((Number(hours) * 60 + Number(minutes)) * 60 + Number(seconds)) * 1000;
  return sign === "-" ? 0 - ms : ms;
}

function formatOf(zone: string): Intl.DateTimeFormat | null {
  try {
    return formats.memo(zone);
  } catch {
    return null;
  }
}
