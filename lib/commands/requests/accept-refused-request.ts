import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid, newId } from "#lib/core/ids.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findRequest, setAcceptedEvent } from "#lib/db/requests.ts";
import { deliveryKey } from "#lib/door/delivery-key.ts";
import { nameRequest } from "#lib/door/name-request.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import { splitOf } from "#lib/door/split-event.ts";
import { forgetReceiver, loadReceiver } from "#lib/reception/load-receiver.ts";
import { isReadApart, readApart } from "#lib/reception/read-delivery.ts";
import { readableRequest } from "#lib/reception/readable-request.ts";
import { storeEvent } from "#lib/reception/store-event.ts";
import { toBatch } from "#lib/reception/to-batch.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * Makes an event of a refused request and starts the flows that listen, on one person's word: its verification stays
 * what it was, and who accepted it is part of its checks and of the audit log. Throws ConflictError when the request is
 * not refused, was cut, or its delivery is already stored.
 */
export async function acceptRefusedRequest(
  actor: Actor,
  endpointId: string,
  requestId: string,
  now: Date = new Date(),
): Promise<{ eventId: string }> {
  authorize(actor, "request.accept");
  const endpoint = await getLiveEndpoint(actor, endpointId);
  const request = isUuid(requestId) ? await findRequest(actor.workspaceId, endpointId, requestId) : null;
  if (request === null) throw new NotFoundError("request");
  if (request.kind !== "request" || request.verdict !== "refused")
    throw new ConflictError("not-refused", "Only a refused request can be accepted by hand.");
  if (request.eventId !== null) throw new ConflictError("already-accepted", "This request was accepted before.");
  if (request.bodySha256 === null || request.body.byteLength < request.bodyBytes)
    throw new ConflictError("body-not-kept", "Its body was not kept in full, so it cannot become an event.");
  forgetReceiver(endpointId);
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null) throw new NotFoundError("endpoint");

  const headers = JSON.parse(request.headers) as HeaderList;
  const url = request.query === "" ? request.path : `${request.path}?${request.query}`;
  const webhook: WebhookRequest = { method: request.method, url, headers, body: request.body };
  const id = newId(now);
  const readable = await readableRequest(webhook);
  const large = isReadApart(receiver, readable) ? await readApart(receiver, readable, request.receivedAt, id) : null;
  if (large?.kind === "unread") throw new ConflictError("body-unread", large.refusal.message);
  const split = large?.split ?? splitOf(receiver.settings, receiver.provider, readable);
  const delivery = large?.key ?? deliveryKey(receiver, readable, id, request.receivedAt, split.kind === "items");
  const accepted: RequestCheck = {
    id: "accepted-by-hand",
    status: "passed",
    message: `Accepted by hand although it was refused: ${request.message}`,
  };
  // Before the act: an act nobody wrote down is worse than an entry about one that failed.
  await insertAuditEntry(
    actor,
    "request.accept",
    { kind: "request", id: requestId },
    { endpointId, eventId: id, reason: request.reason ?? "" },
  );
  const event: NewEvent = {
    id,
    workspaceId: actor.workspaceId,
    endpointId,
    dedupeKey: delivery.key,
    earlierKey: delivery.earlierKey,
    windowStart: delivery.windowStart,
    deliveryId: delivery.deliveryId,
    // An encoded body of a refused request was not decoded for its name.
    eventType: request.eventType ?? (large === null ? nameRequest(receiver, readable) : large.eventType),
    verification: request.verification,
    method: request.method,
    contentType: request.contentType,
    body: request.body,
    bodySha256: request.bodySha256,
    clientIp: request.clientIp,
    receivedAt: request.receivedAt,
    path: request.path,
    query: request.query,
    headers: request.headers,
    checks: JSON.stringify([
      ...(JSON.parse(request.checks) as RequestCheck[]),
      accepted,
      ...(split.kind === "off" ? [] : [split.check]),
    ]),
  };
  const outcome = await storeEvent(split.kind === "items" ? toBatch(event, split.items) : event);
  if (outcome.kind === "endpoint-gone") throw new NotFoundError("endpoint");
  if (outcome.kind === "duplicate")
    throw new ConflictError("duplicate", `This delivery is already stored as event ${outcome.firstEventId}.`);
  await setAcceptedEvent(actor.workspaceId, requestId, outcome.eventId);
  return { eventId: outcome.eventId };
}
