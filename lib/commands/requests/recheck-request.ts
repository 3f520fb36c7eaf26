import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import type { Verification } from "#lib/core/states.ts";
import { announce } from "#lib/db/live.ts";
import { appendRecheck, findRequest, listRequests, type StoredRequest } from "#lib/db/requests.ts";
import { REMOVED } from "#lib/door/kept-headers.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { verifyRequest } from "#lib/door/verify-request.ts";
import { fetchVerificationKeys } from "#lib/reception/fetch-verification-keys.ts";
import { forgetReceiver, loadReceiver } from "#lib/reception/load-receiver.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** A later check of a stored request, as it is kept beside the first verdict. */
export type Recheck = {
  at: string;
  by: string;
  verification: Verification;
  message: string;
  checks: readonly RequestCheck[];
};

/**
 * Checks a stored request again with the endpoint's present secrets, as if now were the moment it arrived. The first
 * verdict stays, and nothing runs.
 */
export async function recheckRequest(
  actor: Actor,
  endpointId: string,
  requestId: string,
  now: Date = new Date(),
): Promise<Recheck> {
  authorize(actor, "request.recheck");
  const receiver = await getReceiver(actor, endpointId);
  const request = isUuid(requestId) ? await findRequest(actor.workspaceId, endpointId, requestId) : null;
  if (request === null) throw new NotFoundError("request");
  const recheck = await checkAgain(actor, receiver, request, now);
  announce(actor.workspaceId, `endpoint:${endpointId}`);
  return recheck;
}

/** Checks an endpoint's newest requests again, at most `limit` (100 at most); says how many match. */
export async function recheckRecentRequests(
  actor: Actor,
  endpointId: string,
  limit: number,
  now: Date = new Date(),
): Promise<{ checked: number; matched: number }> {
  authorize(actor, "request.recheck");
  const receiver = await getReceiver(actor, endpointId);
  const rows = await listRequests(actor.workspaceId, endpointId, { limit: Math.min(limit, 100) });
  let [checked, matched] = [0, 0];
  for (const { id } of rows) {
    const request = await findRequest(actor.workspaceId, endpointId, id);
    if (request === null || request.verdict === "handshake") continue;
    const recheck = await checkAgain(actor, receiver, request, now);
    checked += 1;
    if (recheck.verification === "verified") matched += 1;
  }
  announce(actor.workspaceId, `endpoint:${endpointId}`);
  return { checked, matched };
}

async function getReceiver(actor: Actor, endpointId: string): Promise<{ receiver: Receiver; url: string }> {
  const endpoint = await getLiveEndpoint(actor, endpointId);
  forgetReceiver(endpointId);
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null) throw new NotFoundError("endpoint");
  return { receiver, url: endpointUrl(endpoint.token) };
}

async function checkAgain(
  actor: Actor,
  { receiver, url }: { receiver: Receiver; url: string },
  request: StoredRequest,
  now: Date,
): Promise<Recheck> {
  const by = actor.kind === "user" ? actor.id : actor.kind;
  const recheck = { at: now.toISOString(), by, ...(await verifyStored(receiver, url, request)) };
  await appendRecheck(actor.workspaceId, request, JSON.stringify(recheck));
  return recheck;
}

async function verifyStored(
  receiver: Receiver,
  url: string,
  request: StoredRequest,
): Promise<Omit<Recheck, "at" | "by">> {
  if (request.body.byteLength < request.bodyBytes) {
    return {
      verification: "not verified",
      message: `Only its first ${request.body.byteLength} bytes were kept, so it cannot be checked again.`,
      checks: [],
    };
  }
  const headers = JSON.parse(request.headers) as HeaderList;
  const target = request.query === "" ? request.path : `${request.path}?${request.query}`;
  const found = await verifyRequest(
    receiver,
    { method: request.method, url: target, headers, body: request.body },
    url,
    {
      now: request.receivedAt,
      fetchText: fetchVerificationKeys,
    },
  );
  const { verification, checks, refusal } = found;
  if (refusal === null) {
    const message =
      verification === "verified"
        ? "Checked again: the signature matches."
        : "Checked again: no signature check is set up.";
    return { verification, message, checks };
  }
  const credentialGone = headers.some(([, value]) => value.includes(REMOVED)) || request.query.includes(REMOVED);
  const message = credentialGone
    ? "The credential of this request was not kept, so it cannot be checked again."
    : `Checked again: ${refusal.message}`;
  return { verification, message, checks };
}
