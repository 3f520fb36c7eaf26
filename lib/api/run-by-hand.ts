import { z } from "@hono/zod-openapi";
import { idSchema } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { runByHand } from "#lib/commands/runs/run-by-hand.ts";
import { runNow, runNowSchema } from "#lib/commands/runs/run-now.ts";

const answer = z
  .object({
    eventId: z.string().openapi({ description: "The event that runs; made of the request where there was none." }),
    runs: z.array(z.string()).openapi({ description: "Ids of the runs, in the order of the event's items." }),
  })
  .openapi("RunByHand");
const flowId = idSchema.openapi({ description: "Any flow with a live version, on or off." });
const tag = "Events";

/** Adds the operations that run a stored event or request through any flow. */
export function addRunByHandOperations(api: Api): void {
  addOperation(api, {
    name: "POST /events/{eventId}/run",
    id: "runEvent",
    tag,
    summary: "Run a stored event through any flow",
    description:
      "The flow's live version runs it, whatever endpoint and event types it listens to; its filter decides in the " +
      "run. Of a split event each new item has a run (at most 500), or the one that `itemIndex` names.",
    params: z.strictObject({ eventId: idSchema }),
    body: {
      schema: z.strictObject({ flowId, itemIndex: z.int().min(0).max(1_000_000).optional() }),
    },
    status: 202,
    answer,
    run: async (actor, { params, body }) => {
      const source = { kind: "event", id: params.eventId };
      const { eventId, runIds } = await runByHand(actor, { ...body, source });
      return { eventId, runs: runIds };
    },
  });
  addOperation(api, {
    name: "POST /flows/{flowId}/run",
    id: "runFlowNow",
    tag: "Flows",
    summary: "Run a flow without an endpoint now",
    description:
      "For flows that start by a schedule or by hand, on or off. `body` is JSON text, which expressions read as " +
      "trigger.body with every digit. The run is marked as a test.",
    params: z.strictObject({ flowId: idSchema }),
    body: { schema: runNowSchema, optional: true },
    status: 202,
    answer,
    run: async (actor, { params, body }) => {
      const { eventId, runId } = await runNow(actor, params.flowId, body);
      return { eventId, runs: [runId] };
    },
  });
  addOperation(api, {
    name: "POST /requests/{requestId}/run",
    id: "runRequest",
    tag,
    summary: "Run a request that made no event through any flow",
    description:
      "Makes an event of it that starts no other flow and keeps its verification, and runs that. Of a repeat the " +
      "event it repeats runs.",
    params: z.strictObject({ requestId: idSchema }),
    body: { schema: z.strictObject({ flowId }) },
    status: 202,
    answer,
    run: async (actor, { params, body }) => {
      const source = { kind: "request", id: params.requestId };
      const { eventId, runIds } = await runByHand(actor, { ...body, source });
      return { eventId, runs: runIds };
    },
  });
}
