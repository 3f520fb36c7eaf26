import { OpenAPIHono, z } from "@hono/zod-openapi";
import { bodyLimit } from "hono/body-limit";
import { HTTPException } from "hono/http-exception";
import { takeApiCall } from "#lib/api/api-limit.ts";
import { addBrakeOperations } from "#lib/api/brake.ts";
import { addBulkOperations } from "#lib/api/bulk-acts.ts";
import { addConnectionOperations } from "#lib/api/connections.ts";
import { addRehearsalOperations } from "#lib/api/endpoint-rehearsal.ts";
import { addEndpointOperations } from "#lib/api/endpoints.ts";
import { registerFlowDefinition } from "#lib/api/flow-definition-schema.ts";
import { addFlowVersionOperations } from "#lib/api/flow-versions.ts";
import { addFlowOperations } from "#lib/api/flows.ts";
import { addMissedOperations } from "#lib/api/missed-events.ts";
import { addOpenApiDocument } from "#lib/api/openapi-document.ts";
import type { Api, ApiEnv } from "#lib/api/operation.ts";
import { makeProblem, problemOf, problemResponse } from "#lib/api/problem.ts";
import { addRequestOperations } from "#lib/api/requests.ts";
import { addRunByHandOperations } from "#lib/api/run-by-hand.ts";
import { addRunOperations } from "#lib/api/runs.ts";
import { addVariableOperations } from "#lib/api/variables.ts";
import { actorFromApiKey } from "#lib/auth/actor-from-api-key.ts";
import { newId } from "#lib/core/ids.ts";
import { jsonPath } from "#lib/core/parse-input.ts";
import { plainIssue } from "#lib/core/plain-issue.ts";
import { MIB, SECOND } from "#lib/core/units.ts";
import { log } from "#lib/platform/log.ts";

const BODY_BYTES_MAX = 2 * MIB;

/**
 * The REST API under /api/v1. Every request needs an API key; cookies are never looked at, so no other site can make a
 * browser use it. What the schemas do not name is refused.
 */
export function createApi(): Api {
  // The router checks requests by itself and takes no words along.
  z.config({ customError: plainIssue });
  const api: Api = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return undefined;
      const errors = result.error.issues.map(({ path, message }) => ({ field: jsonPath(path), message }));
      const detail = errors.map(({ field, message }) => (field === "" ? message : `${field}: ${message}`)).join(" · ");
      return problemResponse(makeProblem(422, "invalid-input", detail, errors));
    },
  }).basePath("/api/v1") as Api;

  api.use("*", async (c, next) => {
    c.set("requestId", c.req.header("x-hookline-request-id") ?? newId());
    const actor = await actorFromApiKey(c.req.header("authorization") ?? null);
    if (actor === null)
      return problemResponse(makeProblem(401, "no-key", "Send an API key: Authorization: Bearer hl_…"), {
        "www-authenticate": "Bearer",
      });
    const retryAfterMs = await takeApiCall(actor.id);
    if (retryAfterMs > 0)
      return problemResponse(makeProblem(429, "too-many-requests", "This key has made too many requests."), {
        "retry-after": String(Math.ceil(retryAfterMs / SECOND)),
      });
    c.set("actor", actor);
    await next();
    c.header("cache-control", "no-store");
    c.header("x-request-id", c.get("requestId"));
    return undefined;
  });
  api.use(
    "*",
    bodyLimit({
      maxSize: BODY_BYTES_MAX,
      onError: () => problemResponse(makeProblem(413, "too-large", "A request body has at most 2 MiB.")),
    }),
  );

  registerFlowDefinition(api);
  addEndpointOperations(api);
  addRehearsalOperations(api);
  addRequestOperations(api);
  addRunByHandOperations(api);
  addFlowOperations(api);
  addFlowVersionOperations(api);
  addMissedOperations(api);
  addRunOperations(api);
  addBrakeOperations(api);
  addBulkOperations(api);
  addConnectionOperations(api);
  addVariableOperations(api);
  addOpenApiDocument(api);

  api.notFound(() => problemResponse(makeProblem(404, "not-found", "There is no such operation.")));
  api.onError((error, c) => {
    const known = problemOf(error);
    if (known !== null) return problemResponse(known);
    if (error instanceof HTTPException && error.status < 500) {
      const detail =
        error.status === 415 ? "Send JSON: Content-Type: application/json." : "The body is not valid JSON.";
      return problemResponse(makeProblem(error.status, error.status === 415 ? "not-json" : "bad-json", detail));
    }
    const requestId = c.get("requestId");
    log({ requestId }).error({ error, path: c.req.path, method: c.req.method }, "the API failed");
    return problemResponse({
      ...makeProblem(500, "internal", "Hookline failed at this. Its log has the details."),
      requestId,
    });
  });
  return api;
}
