import { isUuid } from "#lib/core/ids.ts";
import { RUN_STATES, type RunState } from "#lib/core/states.ts";
import { DAY, HOUR } from "#lib/core/units.ts";

/** How far back a list of runs looks. */
export const RUN_WINDOWS = { "1h": 1 * HOUR, "24h": 1 * DAY, "7d": 7 * DAY, "30d": 30 * DAY } as const;

/** The name of a time window in the URL. */
export type RunWindow = keyof typeof RUN_WINDOWS;

/** What a list of runs is narrowed to, as the page's URL says it. Empty parts are null or []. */
export type RunSearch = {
  statuses: RunState[];
  flowId: string | null;
  endpointId: string | null;
  eventId: string | null;
  eventType: string | null;
  replayOf: string | null;
  /** A bulk act whose refused runs are wanted, and of which reason. */
  refusedBy: string | null;
  reason: string | null;
  window: RunWindow | null;
  tests: boolean;
  text: string;
};

type Query = Readonly<Record<string, string | string[] | undefined>>;

/**
 * Reads a search from the URL; whatever it does not know is left out, so an old link shows too much and never too
 * little.
 */
export function readRunSearch(query: Query): RunSearch {
  const text = (key: string): string => {
    const value = query[key];
    return typeof value === "string" ? value.slice(0, 200) : "";
  };
  const id = (key: string) => (isUuid(text(key)) ? text(key) : null);
  return {
    statuses: [...new Set(text("status").split(","))].filter(isRunState),
    flowId: id("flow"),
    endpointId: id("endpoint"),
    eventId: id("event"),
    eventType: text("type") || null,
    replayOf: id("replayOf"),
    refusedBy: id("refusedBy"),
    reason: text("reason") || null,
    window: isWindow(text("since")) ? (text("since") as RunWindow) : null,
    tests: text("kind") === "test",
    text: text("q").trim(),
  };
}

/** The query of a page that shows this search; empty for everything. */
export function writeRunSearch(search: RunSearch): URLSearchParams {
  const pairs: [string, string | null][] = [
    ["status", search.statuses.join(",")],
    ["flow", search.flowId],
    ["endpoint", search.endpointId],
    ["event", search.eventId],
    ["type", search.eventType],
    ["replayOf", search.replayOf],
    ["refusedBy", search.refusedBy],
    ["reason", search.refusedBy === null ? null : search.reason],
    ["since", search.window],
    ["kind", search.tests ? "test" : null],
    ["q", search.text],
  ];
  return new URLSearchParams(pairs.filter((pair): pair is [string, string] => pair[1] !== null && pair[1] !== ""));
}

/** Says whether a search narrows anything down. */
export function isNarrowed(search: RunSearch): boolean {
  return writeRunSearch(search).size > 0;
}

function isRunState(text: string): text is RunState {
  return Object.hasOwn(RUN_STATES, text);
}

function isWindow(text: string): text is RunWindow {
  return Object.hasOwn(RUN_WINDOWS, text);
}
