import { z } from "zod";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid, newId } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertSample } from "#lib/db/insert-sample.ts";
import { findRequest } from "#lib/db/requests.ts";

const saveSampleSchema = z.strictObject({ name: z.string().trim().min(1, "Give the sample a name.").max(120) });

/** Keeps a stored request under a name, so that flows can be built on it after the request itself has expired. */
export async function saveSample(
  actor: Actor,
  endpointId: string,
  requestId: string,
  input: unknown,
): Promise<{ id: string }> {
  authorize(actor, "sample.edit");
  const { name } = parseInput(saveSampleSchema, input);
  await getLiveEndpoint(actor, endpointId);
  const request = isUuid(requestId) ? await findRequest(actor.workspaceId, endpointId, requestId) : null;
  if (request === null) throw new NotFoundError("request");
  if (request.body.byteLength < request.bodyBytes)
    throw new ConflictError("body-not-kept", "Its body was not kept in full, so it cannot become a sample.");
  const id = newId();
  await insertSample(actor.workspaceId, {
    id,
    endpointId,
    eventId: request.kind === "event" ? request.id : null,
    name,
    headers: request.headers,
    query: request.query,
    method: request.method,
    eventType: request.eventType,
    body: new Uint8Array(request.body),
    createdBy: actor.kind === "user" ? actor.id : null,
  });
  return { id };
}
