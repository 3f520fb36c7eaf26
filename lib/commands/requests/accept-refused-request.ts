import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid, newId } from "#lib/core/ids.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findRequest, setAcceptedEvent } from "#lib/db/requests.ts";
import { checksJson } from "#lib/door/checks-json.ts";
import { takeByHand } from "#lib/door/judge-request.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import { readChecks } from "#lib/door/stored-checks.ts";
import { uncertainWords, type Verdict } from "#lib/door/verdict.ts";
import { forgetReceiver, loadReceiver } from "#lib/reception/load-receiver.ts";
import { storeEvent } from "#lib/reception/store-event.ts";
import { storedPassingWithBody } from "#lib/reception/stored-passing.ts";
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
  if (request.bodySha256 === null || request.body.byteLength < request.bodyBytes)
    throw new ConflictError("body-not-kept", "Its body was not kept in full, so it cannot become an event.");
  forgetReceiver(endpointId);
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null) throw new NotFoundError("endpoint");

  const eventId = newId(now);
  const passing = storedPassingWithBody(receiver, request, { token: endpoint.token, eventId, byHand: true });
  const verdict = await takeByHand(passing);
  if (verdict.kind !== "accepted") throw new ConflictError("body-unread", whyNot(verdict));
  const byHand: RequestCheck = {
    id: "accepted-by-hand",
    status: "passed",
    message: `Accepted by hand although it was refused: ${request.message}`,
  };
  // Before the act: an act nobody wrote down is worse than an entry about one that failed.
  await insertAuditEntry(
    actor,
    "request.accept",
    { kind: "request", id: requestId },
    { endpointId, eventId, reason: request.reason ?? "" },
  );
  const { delivery, split } = verdict;
  const event: NewEvent = {
    id: eventId,
    workspaceId: actor.workspaceId,
    endpointId,
    dedupeKey: delivery.key,
    earlierKey: delivery.earlierKey,
    windowStart: delivery.windowStart,
    deliveryId: delivery.deliveryId,
    // An encoded body of a refused request was not decoded for its name.
    eventType: request.eventType ?? verdict.eventType,
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
    checks: checksJson([...readChecks(request.checks), byHand, ...verdict.checks, delivery.check]),
  };
  const outcome = await storeEvent(split.kind === "items" ? toBatch(event, split.items) : event);
  if (outcome.kind === "endpoint-gone") throw new NotFoundError("endpoint");
  if (outcome.kind === "duplicate")
    throw new ConflictError("duplicate", `This delivery is already stored as event ${outcome.firstEventId}.`);
  await setAcceptedEvent(actor.workspaceId, requestId, outcome.eventId);
  return { eventId: outcome.eventId };
}

function whyNot(verdict: Verdict): string {
  return verdict.kind === "uncertain" ? uncertainWords(verdict.why) : "Its body cannot be read.";
}
