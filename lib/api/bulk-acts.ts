import { z } from "@hono/zod-openapi";
import {
  idSchema,
  pageOf,
  pageQuery,
  timeOrNullSchema,
  timeSchema,
  toPage,
  toTime,
  toTimeOrNull,
} from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { runSchema, toRun } from "#lib/api/run-answer.ts";
import { bulkStartSchema, bulkWishSchema } from "#lib/commands/runs/bulk-wish.ts";
import { countRuns } from "#lib/commands/runs/count-runs.ts";
import { startBulkAct } from "#lib/commands/runs/start-bulk-act.ts";
import { type BulkSteering, steerBulkAct } from "#lib/commands/runs/steer-bulk-act.ts";
import type { Actor } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { type BulkAct, findBulkAct, listBulkActs, listRefusedReasons } from "#lib/db/bulk-acts.ts";
import { maskFilter } from "#lib/views/bulk-views.ts";
import { seesPayloads } from "#lib/views/payload-mask.ts";

const bulkAct = {
  id: z.string(),
  kind: z.enum(["resume", "replay", "cancel"]),
  filter: z.record(z.string(), z.any()).openapi({ description: "As it was asked for." }),
  version: z.string(),
  perSecond: z.number().int(),
  state: z.enum(["counted", "running", "paused", "canceled", "done"]).openapi({
    description: "Counted: its runs are settled, and it waits for `start`, an hour at most.",
  }),
  stopReason: z.string().nullable().openapi({ description: "Why it ended early where nobody canceled it." }),
  total: z.number().int(),
  done: z.number().int(),
  refused: z.number().int().openapi({ description: "Runs that could not be acted on." }),
  by: z.object({ kind: z.enum(["user", "apiKey", "system"]), id: z.string() }),
  createdAt: timeSchema,
  endedAt: timeOrNullSchema,
};

const bulkActSchema = z.object(bulkAct).openapi("BulkAct");

const withReasonsSchema = z
  .object({
    ...bulkAct,
    refusedReasons: z.array(
      z.object({ reason: z.string(), words: z.string(), count: z.number().int(), runIds: z.array(z.string()) }),
    ),
  })
  .openapi("BulkActWithReasons");

const countedSchema = z
  .object({
    ...bulkAct,
    states: z.record(z.string(), z.number().int()).openapi({ description: "Runs by the state they are in now." }),
    sample: z.array(runSchema).openapi({ description: "The first ten of them." }),
  })
  .openapi("CountedBulkAct");

const params = z.strictObject({ bulkActId: idSchema });
const tag = "Runs";

const STEERED: Record<BulkSteering, { id: string; summary: string; description: string }> = {
  pause: {
    id: "pauseBulkAct",
    summary: "Hold an act on many runs",
    description: "Once this answers no further run is begun.",
  },
  resume: { id: "resumeBulkAct", summary: "Let a paused act on many runs go on", description: "" },
  cancel: {
    id: "cancelBulkAct",
    summary: "End an act on many runs",
    description: "Once this answers no further run is begun; what was done stays done.",
  },
};

/** Adds the operations on acts on many runs. */
export function addBulkOperations(api: Api): void {
  addOperation(api, {
    name: "POST /bulk-acts",
    id: "createBulkAct",
    tag,
    summary: "Resume, replay or cancel many runs",
    description:
      "Settles the runs that match, 100,000 at most, and acts on exactly these, oldest first, at most `perSecond` a " +
      "second. With `dry` nothing is done: the answer says how many there are, and `start` then acts on them. Those " +
      "that cannot be are counted by reason.",
    body: { schema: bulkWishSchema.extend({ dry: z.boolean().default(false) }) },
    status: 201,
    answer: countedSchema,
    run: async (actor, { body: { dry, ...wish } }) => {
      const { act, states, sample } = await countRuns(actor, wish);
      const now = dry ? act : await startBulkAct(actor, act.id);
      return { ...toBulkAct(actor, now), states, sample: sample.map((run) => toRun(actor.role, run)) };
    },
  });
  addOperation(api, {
    name: "GET /bulk-acts",
    id: "listBulkActs",
    tag,
    summary: "List acts on many runs, newest first",
    query: z.strictObject(pageQuery),
    answer: pageOf(bulkActSchema),
    run: async (actor, { query: { limit, cursor } }) => {
      const page = { limit: limit + 1, ...(cursor === undefined ? {} : { beforeId: cursor }) };
      return toPage(await listBulkActs(actor.workspaceId, page), limit, (act) => toBulkAct(actor, act));
    },
  });
  addOperation(api, {
    name: "GET /bulk-acts/{bulkActId}",
    id: "getBulkAct",
    tag,
    summary: "Read how an act on many runs stands, and why runs were refused",
    params,
    answer: withReasonsSchema,
    run: async (actor, { params: { bulkActId } }) => {
      const act = await findBulkAct(actor.workspaceId, bulkActId);
      if (act === null) throw new NotFoundError("bulk act");
      return { ...toBulkAct(actor, act), refusedReasons: await listRefusedReasons(actor.workspaceId, act.id) };
    },
  });
  addOperation(api, {
    name: "POST /bulk-acts/{bulkActId}/start",
    id: "startBulkAct",
    tag,
    summary: "Act on the runs that a dry call counted",
    description: "For the key that counted them; `version` and `perSecond` can be chosen anew.",
    params,
    body: { schema: bulkStartSchema, optional: true },
    status: 202,
    answer: bulkActSchema,
    run: async (actor, { params, body }) => toBulkAct(actor, await startBulkAct(actor, params.bulkActId, body)),
  });
  for (const way of ["pause", "resume", "cancel"] as const)
    addOperation(api, {
      name: `POST /bulk-acts/{bulkActId}/${way}`,
      tag,
      ...STEERED[way],
      params,
      answer: bulkActSchema,
      run: async (actor, { params }) => toBulkAct(actor, await steerBulkAct(actor, params.bulkActId, way)),
    });
}

function toBulkAct(actor: Actor, act: BulkAct): z.input<typeof bulkActSchema> {
  const { workspaceId: _workspace, actor: by, createdAt, endedAt, ...rest } = act;
  return {
    ...rest,
    filter: maskFilter(seesPayloads(actor.role), act.filter),
    by,
    createdAt: toTime(createdAt),
    endedAt: toTimeOrNull(endedAt),
  };
}
