import { z } from "zod";
import type { VersionChoice } from "#lib/commands/runs/choose-version.ts";
import type { Capability, Role } from "#lib/core/roles.ts";
import { RUN_STATES, type RunState } from "#lib/core/states.ts";
import type { BulkKind } from "#lib/db/bulk-acts.ts";
import type { RunFilter } from "#lib/db/run-filter.ts";
import { seesPayloads } from "#lib/views/payload-mask.ts";

/** Chosen runs an act can name one by one. */
const CHOSEN_MAX = 1_000;

const id = z.uuid("This is not an id.").transform((text) => text.toLowerCase());
const moment = z.iso.datetime({ offset: true });
const text = z.string().min(1).max(200);

/** Which runs, as requests and pages say it; everything left out means all, tests left out. */
export const bulkFilterSchema = z.strictObject({
  runIds: z.array(id).min(1).max(CHOSEN_MAX).optional(),
  statuses: z
    .array(z.enum(Object.keys(RUN_STATES) as [RunState, ...RunState[]]))
    .min(1)
    .optional(),
  kind: z.enum(["event", "replay", "test"]).optional(),
  flowId: id.optional(),
  endpointId: id.optional(),
  eventId: id.optional(),
  eventType: text.optional(),
  replayOf: id.optional(),
  from: moment.optional(),
  to: moment.optional(),
  search: text.optional(),
  failedStep: z.string().min(1).max(2_000).optional(),
  errorCode: text.optional(),
  refusedBy: z.strictObject({ bulkId: id, reason: text.optional() }).optional(),
});

const versionSchema = z.union([z.enum(["original", "live"]), id]);
const perSecondSchema = z.number().int().min(1).max(500);

/** An act on many runs as it is asked for. */
export const bulkWishSchema = z.strictObject({
  kind: z.enum(["resume", "replay", "cancel"]),
  filter: bulkFilterSchema,
  version: versionSchema.default("original"),
  perSecond: perSecondSchema.default(50),
});

/** What can still be chosen once the runs are counted. */
export const bulkStartSchema = z.strictObject({
  version: versionSchema.optional(),
  perSecond: perSecondSchema.optional(),
});

/** What somebody has to be allowed to act so on runs. */
export const BULK_CAPABILITY = {
  resume: "run.resume",
  replay: "run.replay",
  cancel: "run.cancel",
} as const satisfies Record<BulkKind, Capability>;

/** The filter as the list of runs asks for it; names are searched for roles that may see payloads only. */
export function toRunFilter(filter: z.output<typeof bulkFilterSchema>, role: Role): RunFilter {
  const { from, to, search, runIds, refusedBy, ...rest } = filter;
  const one = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return {
    ...one,
    ...(runIds === undefined ? {} : { runIds }),
    ...(from === undefined ? {} : { from: new Date(from) }),
    ...(to === undefined ? {} : { to: new Date(to) }),
    ...(search === undefined ? {} : { search: { text: search, names: seesPayloads(role) } }),
    ...(refusedBy === undefined
      ? {}
      : {
          refusedBy: {
            bulkId: refusedBy.bulkId,
            ...(refusedBy.reason === undefined ? {} : { reason: refusedBy.reason }),
          },
        }),
  };
}

/** A version as it is kept in a row. */
export function toVersionChoice(version: string): VersionChoice {
  return version === "original" || version === "live" ? version : { id: version };
}
