import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import type { Verification } from "#lib/core/states.ts";
import { announce } from "#lib/db/live.ts";
import { appendRecheck, findRequest, listRequests, type StoredRequest } from "#lib/db/requests.ts";
import { judgeProof } from "#lib/door/judge-request.ts";
import type { Passing } from "#lib/door/passing.ts";
import type { Receiver, RequestCheck } from "#lib/door/receiver.ts";
import { uncertainWords, type Verdict } from "#lib/door/verdict.ts";
import { forgetReceiver, loadReceiver } from "#lib/reception/load-receiver.ts";
import { storedPassingWithBody } from "#lib/reception/stored-passing.ts";

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
  now: Date = databaseNow(),
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
  now: Date = databaseNow(),
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

/** An endpoint with its present secrets and its address. */
type Rechecked = { readonly receiver: Receiver; readonly token: string };

async function getReceiver(actor: Actor, endpointId: string): Promise<Rechecked> {
  const endpoint = await getLiveEndpoint(actor, endpointId);
  forgetReceiver(endpointId);
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null) throw new NotFoundError("endpoint");
  return { receiver, token: endpoint.token };
}

async function checkAgain(actor: Actor, rechecked: Rechecked, request: StoredRequest, now: Date): Promise<Recheck> {
  const by = actor.kind === "user" ? actor.id : actor.kind;
  const recheck = { at: now.toISOString(), by, ...(await verifyStored(rechecked, request)) };
  await appendRecheck(actor.workspaceId, request, JSON.stringify(recheck));
  return recheck;
}

async function verifyStored(
  { receiver, token }: Rechecked,
  request: StoredRequest,
): Promise<Omit<Recheck, "at" | "by">> {
  const passing = storedPassingWithBody(receiver, request, { token });
  const verdict = await judgeProof(passing);
  const { verification, checks } = passing;
  return { verification: verdict === null ? verification : "not verified", message: wordsOf(verdict, passing), checks };
}

function wordsOf(verdict: Verdict | null, { verification, kept }: Passing): string {
  if (verdict === null)
    return verification === "verified"
      ? "Checked again: the signature matches."
      : "Checked again: no signature check is set up.";
  switch (verdict.kind) {
    case "refused":
      return `Checked again: ${verdict.refusal.message}`;
    case "uncertain":
      if (verdict.why.kind === "body-cut" || verdict.why.kind === "body-not-read")
        return `Only its first ${kept?.keptBytes ?? 0} bytes were kept, so it cannot be checked again.`;
      if (verdict.why.kind === "credential-removed")
        return "The credential of this request was not kept, so it cannot be checked again.";
      return `Checked again: ${uncertainWords(verdict.why)}`;
    default:
      throw new Error(`a proof alone cannot end as ${verdict.kind}`);
  }
}
