import { z } from "@hono/zod-openapi";
import { idSchema, timeSchema, toTime } from "#lib/api/fields.ts";
import { definitionAnswer } from "#lib/api/flow-definition-schema.ts";
import { catchUpSchema, missedBody, toCatchUp } from "#lib/api/missed-events.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { restoreVersion } from "#lib/commands/flows/restore-version.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { type FlowVersionHead, findFlowVersion, listFlowVersions } from "#lib/db/flow-versions.ts";
import { findFlow } from "#lib/db/flows.ts";

const versionHead = {
  id: z.string(),
  number: z.number().int(),
  hash: z.string(),
  note: z.string(),
  publishedBy: z.string().nullable(),
  publishedAt: timeSchema,
};
const versionHeadSchema = z.object(versionHead).openapi("FlowVersionHead");
const versionSchema = z.object({ ...versionHead, definition: definitionAnswer }).openapi("FlowVersion");
const flowParams = z.strictObject({ flowId: idSchema });
const versionParams = z.strictObject({ flowId: idSchema, number: z.coerce.number().int().min(1).max(2_147_483_647) });
const tag = "Flows";

/** Adds publishing and the operations on published versions. */
export function addFlowVersionOperations(api: Api): void {
  addOperation(api, {
    name: "POST /flows/{flowId}/publish",
    id: "publishFlow",
    tag,
    summary: "Publish the draft",
    description:
      "`expectedVersion` is the newest version you know (0 before the first); 409 published-meanwhile when " +
      "there is a newer one. `fromVersion` publishes an old version again instead of the draft. `missed` says which " +
      "events run that came before the flow was turned on by this; none by default.",
    params: flowParams,
    body: {
      schema: z.strictObject({
        expectedVersion: z.int().min(0),
        expectedRevision: z.int().min(1).optional(),
        fromVersion: z.int().min(1).optional(),
        note: z.string().max(200).optional(),
        missed: missedBody.optional(),
      }),
    },
    answer: z.object({
      versionId: z.string(),
      number: z.number().int(),
      on: z.boolean(),
      catchUp: catchUpSchema.nullable(),
    }),
    run: async (actor, { params, body }) => {
      const { catchUp, ...published } = await publishFlow(actor, params.flowId, body);
      return { ...published, catchUp: toCatchUp(catchUp) };
    },
  });
  addOperation(api, {
    name: "GET /flows/{flowId}/versions",
    id: "listFlowVersions",
    tag,
    summary: "List the published versions, newest first",
    params: flowParams,
    answer: z.object({ items: z.array(versionHeadSchema) }),
    run: async (actor, { params }) => {
      if ((await findFlow(actor.workspaceId, params.flowId)) === null) throw new NotFoundError("flow");
      return { items: (await listFlowVersions(actor.workspaceId, params.flowId)).map(toHead) };
    },
  });
  addOperation(api, {
    name: "GET /flows/{flowId}/versions/{number}",
    id: "getFlowVersion",
    tag,
    summary: "Read a published version",
    params: versionParams,
    answer: versionSchema,
    run: async (actor, { params }) => {
      const version = await findFlowVersion(actor.workspaceId, params.flowId, params.number);
      if (version === null) throw new NotFoundError("version");
      return { ...toHead(version), definition: version.definition };
    },
  });
  addOperation(api, {
    name: "POST /flows/{flowId}/versions/{number}/restore",
    id: "restoreFlowVersion",
    tag,
    summary: "Make an old version the draft",
    description: "What is live stays live.",
    params: versionParams,
    body: { schema: z.strictObject({ expectedRevision: z.int().min(1) }) },
    answer: z.object({ revision: z.number().int(), savedAt: timeSchema }),
    run: async (actor, { params, body }) => {
      const { revision, savedAt } = await restoreVersion(actor, params.flowId, params.number, body.expectedRevision);
      return { revision, savedAt: toTime(savedAt) };
    },
  });
}

function toHead({
  id,
  number,
  hash,
  note,
  publishedBy,
  publishedAt,
}: FlowVersionHead): z.input<typeof versionHeadSchema> {
  return { id, number, hash, note, publishedBy, publishedAt: toTime(publishedAt) };
}
