import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import type { StoredRequest } from "#lib/db/requests.ts";
import { checksJson } from "#lib/door/checks-json.ts";
import { takeByHand } from "#lib/door/judge-request.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import { readChecks } from "#lib/door/stored-checks.ts";
import { uncertainWords, type Verdict } from "#lib/door/verdict.ts";
import { forgetReceiver, loadReceiver } from "#lib/reception/load-receiver.ts";
import { storedPassingWithBody } from "#lib/reception/stored-passing.ts";

/** The event a stored request would have become, and how its endpoint splits it. */
export type EventOfRequest = {
  event: NewEvent;
  split: Extract<Verdict, { kind: "accepted" }>["split"];
};

/**
 * Reads a stored request as its endpoint would, as if it had been proven: its verification stays what it was, and who
 * took it is part of its checks. Throws ConflictError "body-not-kept" and "body-unread", NotFoundError.
 */
export async function eventOfRequest(
  workspaceId: WorkspaceId,
  endpoint: { id: string; token: string },
  request: StoredRequest,
  eventId: string,
): Promise<EventOfRequest> {
  const { bodySha256 } = request;
  if (bodySha256 === null || request.body.byteLength < request.bodyBytes)
    throw new ConflictError("body-not-kept", "Its body was not kept in full, so it cannot become an event.");
  forgetReceiver(endpoint.id);
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null) throw new NotFoundError("endpoint");
  const passing = storedPassingWithBody(receiver, request, { token: endpoint.token, eventId, byHand: true });
  const verdict = await takeByHand(passing);
  if (verdict.kind !== "accepted") throw new ConflictError("body-unread", whyNot(verdict));
  const was = request.verdict === "refused" ? "refused" : "no event";
  const byHand: RequestCheck = {
    id: "accepted-by-hand",
    status: "passed",
    message: `Accepted by hand although it was ${was}: ${request.message}`,
  };
  const { delivery, split } = verdict;
  const event: NewEvent = {
    id: eventId,
    workspaceId,
    endpointId: endpoint.id,
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
    bodySha256,
    clientIp: request.clientIp,
    receivedAt: request.receivedAt,
    path: request.path,
    query: request.query,
    headers: request.headers,
    checks: checksJson([...readChecks(request.checks), byHand, ...verdict.checks, delivery.check]),
  };
  return { event, split };
}

function whyNot(verdict: Verdict): string {
  return verdict.kind === "uncertain" ? uncertainWords(verdict.why) : "Its body cannot be read.";
}
