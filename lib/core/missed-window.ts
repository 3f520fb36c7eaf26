import { MINUTE } from "./units.ts";

/** What a flow says about the last time it was off. */
export type OffTimes = {
  readonly on: boolean;
  /** Null: never turned off, so its events are missed from the first one kept on. */
  readonly missedFrom: Date | null;
  /** Null: not turned on since. */
  readonly missedTo: Date | null;
};

/** An event that is being stored while a flow is turned on or off is there, or seen by it, a moment later. */
const STORING_MS_MAX = 1 * MINUTE;

/**
 * Between which moments events may have passed a flow by, the last time it was off or until it was first published;
 * null where nobody noted when it was turned on. What came in between and has a run of the flow was not missed.
 */
export function missedWindow(flow: OffTimes, now: Date): { from: Date; until: Date } | null {
  if (flow.on && flow.missedTo === null) return null;
  const until = flow.on && flow.missedTo !== null ? new Date(flow.missedTo.getTime() + STORING_MS_MAX) : now;
  return { from: flow.missedFrom ?? new Date(0), until };
}

/**
 * From when on a flow that is turned off now misses events: a moment before, for those being stored, and from the first
 * parked one, which nobody starts; never from before it was turned on.
 */
export function missedSince(flow: OffTimes, now: Date, oldestParked: Date | null): Date {
  const from = Math.min(now.getTime() - STORING_MS_MAX, oldestParked?.getTime() ?? Number.POSITIVE_INFINITY);
  return new Date(Math.max(from, flow.missedTo?.getTime() ?? from));
}
