import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import { getLiveEndpoint } from "#lib/commands/endpoints/get-live-endpoint.ts";
import { type Actor, authorize } from "#lib/core/actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import { findRequest } from "#lib/db/requests.ts";
import { verificationSettings } from "#lib/door/verify-request.ts";
import { ownUrl } from "#lib/platform/own-address.ts";
import { fetchVerificationKeys } from "#lib/reception/fetch-verification-keys.ts";
import { loadReceiver } from "#lib/reception/load-receiver.ts";
import { diagnose } from "#lib/webhooks/diagnose.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** A known mistake that would explain why a signature was refused, in words; `about` says where it is put right. */
export type RefusalExplanation = { title: string; message: string; about: "address" | null };

/**
 * Asks the signature doctor about a refused request, with the clock of its arrival; null when it was not refused for
 * its signature or its body was not kept whole. The request stays refused.
 */
export async function explainRefusal(
  actor: Actor,
  endpointId: string,
  requestId: string,
): Promise<RefusalExplanation | null> {
  authorize(actor, "request.recheck");
  const endpoint = await getLiveEndpoint(actor, endpointId);
  const request = isUuid(requestId) ? await findRequest(actor.workspaceId, endpointId, requestId) : null;
  if (
    request === null ||
    request.verdict !== "refused" ||
    request.verification !== "not verified" ||
    request.body.byteLength < request.bodyBytes
  )
    return null;
  const receiver = await loadReceiver(endpoint.token);
  if (receiver === null || receiver.settings.verification === "off") return null;
  const url = request.query === "" ? request.path : `${request.path}?${request.query}`;
  const webhook = {
    method: request.method,
    url,
    headers: JSON.parse(request.headers) as HeaderList,
    body: request.body,
  };
  const publicUrl = endpointUrl(endpoint.token);
  const found = await diagnose(
    receiver.provider,
    webhook,
    verificationSettings(receiver, publicUrl),
    { now: request.receivedAt, fetchText: fetchVerificationKeys },
    { otherUrls: [publicUrl, `${ownUrl()}/in/${endpoint.token}`] },
  );
  switch (found.kind) {
    case "verifies":
      return {
        title: "It would be accepted now",
        message: "With the present settings this signature matches.",
        about: null,
      };
    case "would-match":
      return { title: found.message, message: found.advice, about: found.mistake === "url" ? "address" : null };
    case "explained":
      return { title: found.message, message: found.advice, about: null };
    case "unknown":
      return {
        title: "No known mistake explains it",
        message:
          `${found.tried} variants were tried and none matches. Most often the secret belongs to another ` +
          "endpoint or to test mode: paste it again from the sender's page.",
        about: null,
      };
  }
}
