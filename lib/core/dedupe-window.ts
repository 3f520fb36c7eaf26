const MINUTE_SECONDS = 60;
const HOUR_SECONDS = 60 * MINUTE_SECONDS;
const DAY_SECONDS = 24 * HOUR_SECONDS;

/**
 * How long equal content counts as the same event unless the owner says otherwise: 7 days, longer than senders try
 * again.
 */
export const DEDUPE_WINDOW_SECONDS_DEFAULT = 7 * DAY_SECONDS;
/** What was received is remembered for at least this long. */
export const DEDUPE_WINDOW_SECONDS_MAX = 30 * DAY_SECONDS;

/** The units a window is given in, the largest first. */
export const WINDOW_UNITS = [
  { id: "days", seconds: DAY_SECONDS },
  { id: "hours", seconds: HOUR_SECONDS },
  { id: "minutes", seconds: MINUTE_SECONDS },
  { id: "seconds", seconds: 1 },
] as const;

/** The largest unit a window is a whole number of. */
export function windowUnit(seconds: number): (typeof WINDOW_UNITS)[number] {
  return WINDOW_UNITS.find((unit) => seconds >= unit.seconds && seconds % unit.seconds === 0) ?? WINDOW_UNITS[3];
}

/** A window in words: "7 days", "1 hour", "90 seconds". */
export function windowWords(seconds: number): string {
  const { id, seconds: each } = windowUnit(seconds);
  const count = seconds / each;
  return `${count.toLocaleString("en")} ${count === 1 ? id.slice(0, -1) : id}`;
}
