import { z } from "zod";
import { readWritten } from "#lib/core/json-text.ts";
import { instantAt, nextClock, readClock, readWallTime } from "#lib/core/local-time.ts";
import { SECOND } from "#lib/core/units.ts";
import { zoneOffsetMs } from "#lib/core/zone-offset.ts";
import type { Evaluated } from "#lib/engine/run-ports.ts";
import { runWait, type WaitPlan } from "#lib/engine/run-wait.ts";
import { defineStepKind, type StepParts } from "#lib/engine/step-kind.ts";

const schema = ({ base, expression }: Pick<StepParts, "base" | "expression">) =>
  z.strictObject({
    ...base,
    kind: z.literal("waitUntil"),
    /** JSONata; comes to a moment as `readMoment` reads it. */
    until: expression,
    /** Where times without a zone of their own are meant: a place of the IANA database, an offset or UTC. */
    zone: z.string().max(100),
  });

/** Waits until a moment. */
export type StepShape = z.infer<ReturnType<typeof schema>>;

/** The kind of step that waits until a moment. */
export const kind = defineStepKind<StepShape>({
  kind: "waitUntil",
  title: "Wait until",
  icon: "alarm-clock",
  choice: {
    does: "Wait until a time",
    detail: "Go on at a date or a time of the day",
    synonyms: ["until", "schedule", "date", "later", "remind", "at"],
    idBase: "wait",
  },
  schema,
  readOlder: ({ at, ...step }) => (at === undefined ? step : { ...step, until: at, zone: "UTC" }),
  blank: () => ({ kind: "waitUntil", until: "", zone: "UTC" }),
  hasOutput: true,
  expressions: ({ until }) => [{ path: ["until"], source: until, what: "the time to wait for", example: '"09:00"' }],
  values: (step) =>
    new Map([
      ["until", step.until],
      ["time zone", step.zone],
    ]),

  run: ({ frame, step, path, scope }) =>
    runWait({ frame, step, path }, async (place) =>
      readMoment(await frame.ports.evaluate(step.until, scope, place), step.zone, place.now.getTime()),
    ),

  async rehearse({ step, keep, evaluate }) {
    const found = step.until.trim() === "" ? null : readMoment(await evaluate(step.until), step.zone, Date.now());
    const line = found?.kind === "until" ? `waits until ${shownAt(found.at, step.zone)}` : "waits";
    keep({ provenance: "example", card: { line, problem: found?.kind === "failed" ? found.message : null } });
    return {};
  },

  check(step, { report }) {
    if (zoneOffsetMs(step.zone, 0) === null) report("unknown-zone", ["zone"], { zone: step.zone });
  },
});

/** Numbers from here on are milliseconds since 1970, smaller ones seconds: as seconds it would be the year 5138. */
const MILLIS_FROM = 100_000_000_000;
const INSTANT_MAX = 8.64e15;

/**
 * Reads a moment: a number of seconds or milliseconds since 1970; a date with a time and a zone in ISO 8601; one
 * without a zone, or a date alone (its midnight), in `zone`; or a time of the day, the next one after `now`.
 */
export function readMoment(found: Evaluated, zone: string, now: number): WaitPlan {
  if (found.kind === "failed") return found;
  const value = found.kind === "nothing" ? null : readWritten(found.value);
  const at =
    typeof value === "number" ? ofNumber(value) : typeof value === "string" ? ofText(value.trim(), zone, now) : null;
  if (at !== null) return { kind: "until", at };
  if (zoneOffsetMs(zone, now) === null)
    return { kind: "failed", code: "unknown-zone", message: `"${zone.slice(0, 60)}" is not a time zone.` };
  const shown = found.kind === "nothing" ? "nothing" : JSON.stringify(value).slice(0, 60);
  return {
    kind: "failed",
    code: "bad-time",
    message: `The time to wait for came to ${shown}. Write a date such as 2026-12-24T09:00, or a time such as 09:00.`,
  };
}

function ofNumber(value: number): number | null {
  const at = Math.abs(value) < MILLIS_FROM ? value * SECOND : value;
  return Math.abs(at) <= INSTANT_MAX ? at : null;
}

function ofText(text: string, zone: string, now: number): number | null {
  const clock = readClock(text);
  if (clock !== null) return nextClock(clock, zone, now);
  const own = /^(\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|[+-]\d\d:?\d\d|[+-]\d\d)$/i.exec(text);
  const wall = readWallTime(own?.[1] ?? text);
  return wall === null ? null : instantAt(wall, own?.[2] ?? zone);
}

function shownAt(at: number, zone: string): string {
  const offset = zoneOffsetMs(zone, at) ?? 0;
  return `${new Date(at + offset).toISOString().slice(0, 16).replace("T", " ")} (${zone})`;
}
