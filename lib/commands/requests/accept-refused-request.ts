import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { eventOfRequest } from "#lib/commands/requests/event-of-request.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid, newId } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findRequest, setAcceptedEvent } from "#lib/db/requests.ts";
import { storeEvent } from "#lib/reception/store-event.ts";
import { toBatch } from "#lib/reception/to-batch.ts";

/**
 * Makes an event of a refused request and starts the flows that listen, on one person's word: its verification stays
 * what it was, and who accepted it is part of its checks and of the audit log. Throws ConflictError when the request is
 * not refused, was cut, or its delivery is already stored.
 */
export async function acceptRefusedRequest(
  actor: Actor,
  endpointId: string,
  requestId: string,
  now: Date = databaseNow(),
): Promise<{ eventId: string }> {
  authorize(actor, "request.accept");
  const endpoint = await getLiveEndpoint(actor, endpointId);
  const request = isUuid(requestId) ? await findRequest(actor.workspaceId, endpointId, requestId) : null;
  if (request === null) throw new NotFoundError("request");
  if (request.kind !== "request" || request.verdict !== "refused")
    throw new ConflictError("not-refused", "Only a refused request can be accepted by hand.");
  if (request.eventId !== null) throw new ConflictError("already-accepted", "This request was accepted before.");
  const { event, split } = await eventOfRequest(actor.workspaceId, endpoint, request, newId(now));
  // Before the act: an act nobody wrote down is worse than an entry about one that failed.
  await insertAuditEntry(
    actor,
    "request.accept",
    { kind: "request", id: requestId },
    { endpointId, eventId: event.id, reason: request.reason ?? "" },
  );
  const outcome = await storeEvent(split.kind === "items" ? toBatch(event, split.items) : event);
  if (outcome.kind === "endpoint-gone") throw new NotFoundError("endpoint");
  if (outcome.kind === "duplicate")
    throw new ConflictError("duplicate", `This delivery is already stored as event ${outcome.firstEventId}.`);
  await setAcceptedEvent(actor.workspaceId, requestId, outcome.eventId);
  return { eventId: outcome.eventId };
}
