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
import { definitionAnswer, definitionBody } from "#lib/api/flow-definition-schema.ts";
import { catchUpSchema, missedBody, toCatchUp } from "#lib/api/missed-events.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { deleteFlow, restoreFlow } from "#lib/commands/flows/delete-flow.ts";
import { findFlowProblems } from "#lib/commands/flows/find-flow-problems.ts";
import { renameFlow } from "#lib/commands/flows/rename-flow.ts";
import { saveDraft } from "#lib/commands/flows/save-draft.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import type { Actor } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { jsonPath } from "#lib/core/parse-input.ts";
import { FLOW_STATES, type FlowState } from "#lib/core/states.ts";
import { type Flow, findFlow, listFlows } from "#lib/db/flows.ts";

const flowSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    state: z.enum(Object.keys(FLOW_STATES) as [FlowState, ...FlowState[]]),
    on: z.boolean(),
    offSince: timeOrNullSchema.openapi({ description: "Null while it is on, or was never published." }),
    liveVersion: z.number().int().nullable(),
    draftRevision: z.number().int(),
    draftAt: timeSchema,
    createdAt: timeSchema,
    deletedAt: timeOrNullSchema,
  })
  .openapi("Flow");

const draftSchema = z
  .object({ revision: z.number().int(), savedAt: timeSchema, definition: definitionAnswer })
  .openapi("Draft");
const params = z.strictObject({ flowId: idSchema });
const tag = "Flows";

/** Adds the operations on flows and their drafts; versions are in flow-versions.ts. */
export function addFlowOperations(api: Api): void {
  addOperation(api, {
    name: "GET /flows",
    id: "listFlows",
    tag,
    summary: "List flows, newest first",
    query: z.strictObject({ ...pageQuery, deleted: z.enum(["true", "false"]).default("false") }),
    answer: pageOf(flowSchema),
    run: async (actor, { query: { limit, cursor, deleted } }) => {
      const page = {
        limit: limit + 1,
        deleted: deleted === "true",
        ...(cursor === undefined ? {} : { beforeId: cursor }),
      };
      return toPage(await listFlows(actor.workspaceId, page), limit, toFlow);
    },
  });
  addOperation(api, {
    name: "POST /flows",
    id: "createFlow",
    tag,
    summary: "Create a flow as a draft",
    description:
      "Give an endpoint or an event to listen to, or a whole definition. Nothing runs until it is published.",
    body: {
      schema: z.strictObject({
        name: z.string().min(1).max(120).optional(),
        endpointId: idSchema.optional(),
        eventId: idSchema.optional(),
        definition: definitionBody.optional(),
      }),
    },
    status: 201,
    answer: flowSchema,
    run: async (actor, { body }) => toFlow(await getFlow(actor, (await createFlow(actor, body)).id)),
  });
  addOperation(api, {
    name: "GET /flows/{flowId}",
    id: "getFlow",
    tag,
    summary: "Read a flow",
    params,
    answer: flowSchema,
    run: async (actor, { params }) => toFlow(await getFlow(actor, params.flowId)),
  });
  addOperation(api, {
    name: "PATCH /flows/{flowId}",
    id: "renameFlow",
    tag,
    summary: "Rename a flow",
    params,
    body: { schema: z.strictObject({ name: z.string().min(1).max(120) }) },
    answer: flowSchema,
    run: async (actor, { params, body }) => {
      await renameFlow(actor, params.flowId, body.name);
      return toFlow(await getFlow(actor, params.flowId));
    },
  });
  addOperation(api, {
    name: "DELETE /flows/{flowId}",
    id: "deleteFlow",
    tag,
    summary: "Delete a flow",
    description: "It can be brought back for 30 days. Deleting a flow that is on also needs flow.switch.",
    params,
    status: 204,
    run: async (actor, { params }) => {
      await deleteFlow(actor, params.flowId);
      return null;
    },
  });
  addOperation(api, {
    name: "POST /flows/{flowId}/undelete",
    id: "undeleteFlow",
    tag,
    summary: "Bring a deleted flow back",
    params,
    answer: flowSchema,
    run: async (actor, { params }) => {
      await restoreFlow(actor, params.flowId);
      return toFlow(await getFlow(actor, params.flowId));
    },
  });
  addOperation(api, {
    name: "GET /flows/{flowId}/draft",
    id: "getDraft",
    tag,
    summary: "Read the draft",
    params,
    answer: draftSchema,
    run: async (actor, { params }) => toDraft(await getFlow(actor, params.flowId)),
  });
  addOperation(api, {
    name: "PUT /flows/{flowId}/draft",
    id: "saveDraft",
    tag,
    summary: "Save the draft",
    description:
      "`expectedRevision` is the revision the change was made from; 409 draft-changed when it is no longer the newest.",
    params,
    body: { schema: z.strictObject({ definition: definitionBody, expectedRevision: z.int().min(1) }) },
    answer: z.object({ revision: z.number().int(), savedAt: timeSchema }),
    run: async (actor, { params, body }) => {
      const { revision, savedAt } = await saveDraft(actor, params.flowId, body);
      return { revision, savedAt: toTime(savedAt) };
    },
  });
  addOperation(api, {
    name: "GET /flows/{flowId}/problems",
    id: "listFlowProblems",
    tag,
    summary: "What is wrong with the draft",
    description: "Told without any event. An `error` stops the draft from being published, a `warning` does not.",
    params,
    answer: z.object({
      problems: z.array(
        z.object({
          field: z.string(),
          stepId: z.string().nullable(),
          code: z.string(),
          severity: z.enum(["error", "warning"]),
          message: z.string(),
          position: z.number().int().optional().describe("An offset into the field's text, where it is known."),
          data: z.record(z.string(), z.unknown()).optional(),
        }),
      ),
    }),
    run: async (actor, { params }) => {
      const { draft } = await getFlow(actor, params.flowId);
      const problems = await findFlowProblems(actor.workspaceId, draft);
      return { problems: problems.map(({ path, ...rest }) => ({ field: jsonPath(path), ...rest })) };
    },
  });
  addOperation(api, {
    name: "POST /flows/{flowId}/on",
    id: "turnFlowOn",
    tag,
    summary: "Turn a published flow on",
    description: "`missed` says which of the events that came while it was off run; none by default.",
    params,
    body: { schema: z.strictObject({ missed: missedBody.optional() }), optional: true },
    answer: flowSchema.extend({ catchUp: catchUpSchema.nullable() }),
    run: async (actor, { params, body }) => {
      const { catchUp } = await turnFlowOn(actor, params.flowId, body.missed);
      return { ...toFlow(await getFlow(actor, params.flowId)), catchUp: toCatchUp(catchUp) };
    },
  });
  addOperation(api, {
    name: "POST /flows/{flowId}/off",
    id: "turnFlowOff",
    tag,
    summary: "Turn a flow off",
    description: "Runs under way finish; events are kept, and can be run when it is turned on again.",
    params,
    answer: flowSchema,
    run: async (actor, { params }) => {
      await turnFlowOff(actor, params.flowId);
      return toFlow(await getFlow(actor, params.flowId));
    },
  });
}

async function getFlow(actor: Actor, flowId: string): Promise<Flow> {
  const flow = await findFlow(actor.workspaceId, flowId);
  if (flow === null) throw new NotFoundError("flow");
  return flow;
}

function toFlow(flow: Flow): z.input<typeof flowSchema> {
  const { id, name, state, on, offSince, liveVersion, draftRevision, draftAt, createdAt, deletedAt } = flow;
  const times = {
    offSince: toTimeOrNull(offSince),
    draftAt: toTime(draftAt),
    createdAt: toTime(createdAt),
    deletedAt: toTimeOrNull(deletedAt),
  };
  return { id, name, state, on, liveVersion: liveVersion?.number ?? null, draftRevision, ...times };
}

function toDraft(flow: Flow): z.input<typeof draftSchema> {
  return { revision: flow.draftRevision, savedAt: toTime(flow.draftAt), definition: flow.draft };
}
