import { z } from "@hono/zod-openapi";
import { endpointSchema, toEndpoint } from "#lib/api/endpoint-answer.ts";
import { idSchema } from "#lib/api/fields.ts";
import { type Api, addOperation } from "#lib/api/operation.ts";
import { addEndpointSecret, secretInputSchema } from "#lib/commands/endpoints/add-endpoint-secret.ts";
import { createEndpoint, createEndpointSchema } from "#lib/commands/endpoints/create-endpoint.ts";
import { deleteEndpoint, restoreEndpoint } from "#lib/commands/endpoints/delete-endpoint.ts";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import { retireEndpointSecret } from "#lib/commands/endpoints/retire-endpoint-secret.ts";
import { updateEndpoint, updateEndpointSchema } from "#lib/commands/endpoints/update-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { listEndpoints } from "#lib/db/endpoints.ts";

const params = z.strictObject({ endpointId: idSchema });
const tag = "Endpoints";

/** Adds the operations on endpoints and their signing secrets. */
export function addEndpointOperations(api: Api): void {
  addOperation(api, {
    name: "GET /endpoints",
    id: "listEndpoints",
    tag,
    summary: "List endpoints, oldest first",
    answer: z.object({ items: z.array(endpointSchema) }),
    run: async (actor) => ({
      items: await Promise.all((await listEndpoints(actor.workspaceId)).map((endpoint) => toEndpoint(actor, endpoint))),
    }),
  });
  addOperation(api, {
    name: "POST /endpoints",
    id: "createEndpoint",
    tag,
    summary: "Create an endpoint with an address of its own",
    body: { schema: createEndpointSchema, optional: true },
    status: 201,
    answer: endpointSchema,
    run: async (actor, { body }) => toEndpoint(actor, await createEndpoint(actor, body)),
  });
  addOperation(api, {
    name: "GET /endpoints/{endpointId}",
    id: "getEndpoint",
    tag,
    summary: "Read an endpoint",
    description: "Secrets are never shown again, only how they end.",
    params,
    answer: endpointSchema,
    run: (actor, { params }) => read(actor, params.endpointId),
  });
  addOperation(api, {
    name: "PATCH /endpoints/{endpointId}",
    id: "updateEndpoint",
    tag,
    summary: "Change an endpoint",
    description: "What is left out stays. With `revision`, 409 endpoint-changed when somebody else changed it since.",
    params,
    body: { schema: updateEndpointSchema },
    answer: endpointSchema,
    run: async (actor, { params, body }) => toEndpoint(actor, await updateEndpoint(actor, params.endpointId, body)),
  });
  addOperation(api, {
    name: "DELETE /endpoints/{endpointId}",
    id: "deleteEndpoint",
    tag,
    summary: "Delete an endpoint",
    description: "Its address answers 404 from now on; it can be brought back for 30 days.",
    params,
    status: 204,
    run: async (actor, { params }) => {
      await deleteEndpoint(actor, params.endpointId);
      return null;
    },
  });
  addOperation(api, {
    name: "POST /endpoints/{endpointId}/undelete",
    id: "undeleteEndpoint",
    tag,
    summary: "Bring a deleted endpoint back",
    params,
    answer: endpointSchema,
    run: async (actor, { params }) => {
      await restoreEndpoint(actor, params.endpointId);
      return read(actor, params.endpointId);
    },
  });
  addOperation(api, {
    name: "POST /endpoints/{endpointId}/pause",
    id: "pauseEndpoint",
    tag,
    summary: "Keep events without running them",
    params,
    answer: endpointSchema,
    run: async (actor, { params }) => {
      await pauseEndpoint(actor, params.endpointId);
      return read(actor, params.endpointId);
    },
  });
  addOperation(api, {
    name: "POST /endpoints/{endpointId}/resume",
    id: "resumeEndpoint",
    tag,
    summary: "Run events again, those kept meanwhile first",
    params,
    answer: endpointSchema,
    run: async (actor, { params }) => {
      await resumeEndpoint(actor, params.endpointId);
      return read(actor, params.endpointId);
    },
  });
  addOperation(api, {
    name: "POST /endpoints/{endpointId}/secrets",
    id: "addEndpointSecret",
    tag,
    summary: "Add a signing secret and require signatures",
    description: "Secrets that are there stay valid until they are retired, so that they can be rotated.",
    params,
    body: { schema: z.strictObject({ secret: secretInputSchema, label: z.string().max(80).optional() }) },
    status: 201,
    answer: z.object({ id: z.string(), endsIn: z.string() }),
    run: (actor, { params, body }) => addEndpointSecret(actor, params.endpointId, body),
  });
  addOperation(api, {
    name: "DELETE /endpoints/{endpointId}/secrets/{secretId}",
    id: "retireEndpointSecret",
    tag,
    summary: "Retire a signing secret",
    params: z.strictObject({ endpointId: idSchema, secretId: idSchema }),
    status: 204,
    run: async (actor, { params }) => {
      await retireEndpointSecret(actor, params.endpointId, params.secretId);
      return null;
    },
  });
}

async function read(actor: Actor, endpointId: string) {
  return toEndpoint(actor, await getLiveEndpoint(actor, endpointId));
}
