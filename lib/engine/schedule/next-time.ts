import { Cron } from "croner";
import { DAY, HOUR, SECOND } from "#lib/core/units.ts";
import { zoneOffsetMs } from "#lib/core/zone-offset.ts";

/** When a schedule is due: five fields of cron (minute, hour, day of month, month, day of week) in a time zone. */
export type Timing = { readonly cron: string; readonly zone: string };

/** The longest time without a due one: leap days are eight years apart around 2100. */
const AHEAD_MS_MAX = 9 * 366 * DAY;

/**
 * Changes of the clocks are looked for day by day. A constant of this file: the bundler loses one that is imported
 * where a loop adds it.
 */
const LOOK_MS = 1 * DAY;

/** What is wrong with a timing, for a person; null when nothing is. */
export function timingProblem({ cron, zone }: Timing, now: Date): TimingProblem | null {
  if (zoneOffsetMs(zone, now.getTime()) === null) return "unknown-zone";
  const pattern = readCron(cron);
  if (pattern === null) return "bad-cron";
  return nextTime({ cron, zone }, now) === null ? "never-due" : null;
}

/** The name of what is wrong with a timing. */
export type TimingProblem = "unknown-zone" | "bad-cron" | "never-due";

/**
 * The first due time after a moment; null when there is none, or the timing cannot be read. Where the clocks go
 * forward, a time that does not exist is due as much later as they were put forward; where they go back, a time that
 * exists twice is due the first time. An hour field that begins with * counts real hours: nothing moves or is left out.
 */
export function nextTime({ cron, zone }: Timing, after: Date): Date | null {
  const pattern = readCron(cron);
  if (pattern === null) return null;
  const countsHours = cron.trim().split(/\s+/)[1]?.startsWith("*") === true;
  let fromMs = after.getTime();
  const first = zoneOffsetMs(zone, fromMs);
  if (first === null) return null;
  let offset: number = first;
  let wallMs = fromMs + offset;
  const untilMs = fromMs + AHEAD_MS_MAX;
  while (fromMs < untilMs) {
    const next = pattern.nextRun(new Date(wallMs))?.getTime();
    if (next === undefined) return null;
    const dueMs = next - offset;
    const turnMs = firstTurn(zone, offset, fromMs, dueMs);
    if (turnMs === null) return new Date(dueMs);
    const turned: number = zoneOffsetMs(zone, turnMs) ?? offset;
    const isInGap = next >= turnMs + offset && next < turnMs + turned;
    if (isInGap && !countsHours) return new Date(dueMs);
    // A second back, because the next time is looked for after it.
    wallMs = turnMs + (turned < offset && !countsHours ? offset : turned) - SECOND;
    fromMs = turnMs;
    offset = turned;
  }
  return null;
}

/** The next due times after a moment, at most `count`. */
export function nextTimes(timing: Timing, after: Date, count: number): Date[] {
  const times: Date[] = [];
  for (let at = nextTime(timing, after); at !== null && times.length < count; at = nextTime(timing, at)) times.push(at);
  return times;
}

/** The last due time from `first`, which is due, to `now`. */
export function lastTime(timing: Timing, first: Date, now: Date): Date {
  for (const span of [HOUR, DAY, 32 * DAY, 400 * DAY]) {
    const startMs = Math.max(first.getTime(), now.getTime() - span);
    let last: Date | null = null;
    for (let at = nextTime(timing, new Date(startMs)); at !== null && at <= now; at = nextTime(timing, at)) last = at;
    if (last !== null) return last;
  }
  return first;
}

function readCron(cron: string): Cron | null {
  if (cron.trim().split(/\s+/).length !== 5) return null;
  try {
    return new Cron(cron.trim(), { timezone: "UTC", paused: true });
  } catch {
    return null;
  }
}

/** The first moment of (from, until] at which the zone has another offset, to the second; null when there is none. */
function firstTurn(zone: string, offset: number, fromMs: number, untilMs: number): number | null {
  const isSame = (ms: number) => zoneOffsetMs(zone, ms) === offset;
  for (let low = fromMs; low < untilMs; low += LOOK_MS) {
    let high = Math.min(low + LOOK_MS, untilMs);
    if (isSame(high)) continue;
    let same = low;
    while (high - same > SECOND) {
      const middle = Math.floor((same + high) / 2);
      if (isSame(middle)) same = middle;
      else high = middle;
    }
    return Math.floor(high / SECOND) * SECOND;
  }
  return null;
}
