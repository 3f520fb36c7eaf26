import { z } from "@hono/zod-openapi";
import { idSchema, pageQuery, timeOrNullSchema, timeSchema, toTime, toTimeOrNull } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { missedChoiceSchema } from "#lib/commands/flows/missed-choice.ts";
import { listMissed, readMissed } from "#lib/commands/flows/read-missed.ts";
import { startCatchUp, stopCatchUp } from "#lib/commands/flows/start-catch-up.ts";
import type { CatchUp } from "#lib/db/catch-ups.ts";
import { maskValue } from "#lib/views/payload-mask.ts";

/** Runs that are being started for events a flow missed, as answers give them. */
export const catchUpSchema = z
  .object({
    id: z.string(),
    flowId: z.string(),
    choice: z.enum(["last", "all", "chosen"]),
    state: z.enum(["running", "done", "canceled"]),
    total: z.number().int().openapi({ description: "Runs it is to start." }),
    started: z.number().int().openapi({ description: "Runs it has started." }),
    createdAt: timeSchema,
    endedAt: timeOrNullSchema,
  })
  .openapi("CatchUp");

/** Which missed events are to run, as requests give it. */
export const missedBody = missedChoiceSchema.openapi("MissedChoice", {
  description:
    "Which of the events the flow missed are to run: none, the last one, all (the oldest 10,000 when there are more) " +
    "or chosen ones. `upTo` is the last event that was counted. Runs start in the order the events came; an event " +
    "that has a run of the flow by then gets no second one.",
});

/** A catch-up as answers give it. */
export function toCatchUp(catchUp: CatchUp | null): z.input<typeof catchUpSchema> | null {
  if (catchUp === null) return null;
  return { ...catchUp, createdAt: toTime(catchUp.createdAt), endedAt: toTimeOrNull(catchUp.endedAt) };
}

const missedSchema = z
  .object({
    since: timeOrNullSchema.openapi({ description: "Null: from the first event kept on." }),
    until: timeOrNullSchema.openapi({ description: "When the flow was turned on; null while it is off." }),
    count: z.number().int().openapi({ description: "Events, and items of split ones; at most 10,000." }),
    more: z.boolean().openapi({ description: "There are more than were counted." }),
    upTo: z.string().nullable().openapi({ description: "The last event counted; give it back when choosing." }),
    effects: z
      .object({ once: z.record(z.string(), z.number()), perItem: z.record(z.string(), z.number()) })
      .openapi({ description: "Calls (http) and mails (email) each run makes at most." }),
    catchUp: catchUpSchema.nullable().openapi({ description: "The newest one." }),
    items: z.array(
      z.object({
        eventId: z.string(),
        itemIndex: z.number().int().nullable(),
        eventType: z.string().nullable(),
        name: z.string().nullable().openapi({ description: "What its run would be called, where that is known." }),
        deliveryId: z.string().nullable(),
        receivedAt: timeSchema,
      }),
    ),
  })
  .openapi("MissedEvents");

const params = z.strictObject({ flowId: idSchema });
const tag = "Flows";

/** Adds the operations on what a flow missed while it was off. */
export function addMissedOperations(api: Api): void {
  addOperation(api, {
    name: "GET /flows/{flowId}/missed",
    id: "listMissedEvents",
    tag,
    summary: "What a flow missed the last time it was off",
    description:
      "Events its endpoint accepted that its trigger wants and that it never got a run for, newest first. " +
      "`of=draft` counts by the draft's trigger, as publishing it would. The next page is asked for by the last " +
      "item's `eventId` and `itemIndex`.",
    params,
    query: z.strictObject({
      of: z.enum(["live", "draft"]).default("live"),
      limit: pageQuery.limit,
      beforeEvent: idSchema.optional(),
      beforeItem: z.coerce.number().int().min(0).optional(),
    }),
    answer: missedSchema,
    run: async (actor, { params: { flowId }, query: { of, limit, beforeEvent, beforeItem } }) => {
      const before =
        beforeEvent === undefined ? {} : { before: { eventId: beforeEvent, itemIndex: beforeItem ?? null } };
      const { since, until, catchUp, ...missed } = await readMissed(actor, flowId, of);
      const items = await listMissed(actor, flowId, of, { limit, ...before });
      return {
        ...missed,
        since: toTimeOrNull(since),
        until: toTimeOrNull(until),
        catchUp: toCatchUp(catchUp),
        items: items.map((item) => ({
          ...item,
          deliveryId: maskValue(actor.role, item.deliveryId),
          receivedAt: toTime(item.receivedAt),
        })),
      };
    },
  });
  addOperation(api, {
    name: "POST /flows/{flowId}/missed",
    id: "runMissedEvents",
    tag,
    summary: "Run events that a flow missed",
    description: "For a flow that is on; turning it on and publishing take the same choice as `missed`.",
    params,
    body: { schema: missedBody },
    status: 202,
    answer: z.object({ catchUp: catchUpSchema.nullable() }),
    run: async (actor, { params, body }) => ({ catchUp: toCatchUp(await startCatchUp(actor, params.flowId, body)) }),
  });
  addOperation(api, {
    name: "POST /flows/{flowId}/missed/cancel",
    id: "cancelCatchUp",
    tag,
    summary: "Start no further run for missed events",
    description: "Runs already started go on.",
    params,
    answer: z.object({ catchUp: catchUpSchema.nullable() }),
    run: async (actor, { params }) => ({ catchUp: toCatchUp(await stopCatchUp(actor, params.flowId)) }),
  });
}
