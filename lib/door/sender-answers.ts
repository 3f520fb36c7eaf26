import { byteText } from "#lib/core/utf8-text.ts";
import { thankYouPage } from "#lib/door/page-answer.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { Refusal } from "#lib/door/refusals.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";
import { fixedReply } from "#lib/webhooks/fixed-reply.ts";
import { headerValue, mediaType } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";
import { findScheme } from "#lib/webhooks/verify.ts";

/** Headers of every answer on `/in`: nothing a sender posts can run in our origin or be stored by a cache. */
const SAFE_HEADERS: SenderAnswer["headers"] = [
  ["cache-control", "no-store"],
  ["content-security-policy", "sandbox; default-src 'none'"],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
];

/**
 * An answer with the safe headers in front of its own. Handshakes bring their own `nosniff`: twice on the wire it is
 * another value.
 */
export function answerWith(status: number, headers: SenderAnswer["headers"], body: string): SenderAnswer {
  return { status, headers: [...SAFE_HEADERS, ...headers.filter(([name]) => name !== "x-content-type-options")], body };
}

/** The same for an answer that a person or a flow wrote: its header values go out in UTF-8. */
export function answerAsWritten(status: number, headers: SenderAnswer["headers"], body: string): SenderAnswer {
  return answerWith(
    status,
    headers.map(([name, value]) => [name, byteText(value)] as const),
    body,
  );
}

/** What of an endpoint decides how its accepted requests are answered. */
export type Answering = Pick<Receiver, "settings" | "provider">;

/**
 * The answer to an event that is stored: the owner's, the sender's own custom, a thank-you page where a browser posted
 * a form, or 202 with the event's id. Where a flow answers, this is what is said when it does not.
 */
export function answerAccepted(answering: Answering, request: WebhookRequest, eventId: string): SenderAnswer {
  return usualAnswer(answering, request, 202, { event: eventId });
}

/** The answer to a delivery that was stored before, with the first event's id. */
export function answerDuplicate(answering: Answering, request: WebhookRequest, firstEventId: string): SenderAnswer {
  return usualAnswer(answering, request, 200, { event: firstEventId, duplicate: true });
}

/**
 * The answer to a request that was not accepted: one plain sentence. A 401 is the same for every sender and cause, or
 * it would tell a forger how near a guess came; what was wrong stands in the endpoint's inspector. Only where the owner
 * chose Basic credentials it asks for them, because some senders wait for that (RFC 7617, 2).
 */
export function answerRefused(refusal: Refusal, answering: Answering): SenderAnswer {
  if (refusal.status === 401) return asksForBasic(answering) ? UNVERIFIED_BASIC : UNVERIFIED;
  return answerWith(refusal.status, [...refusal.headers, TEXT], `${refusal.message}\n`);
}

/** The answer to an address nobody made. The same for every such address. */
export function answerUnknown(): SenderAnswer {
  return answerWith(404, [TEXT], "There is no endpoint at this address.\n");
}

/** The answer while nothing can be stored: never a 2xx, and when to come back. */
export function answerUnavailable(retryAfterSeconds: number): SenderAnswer {
  const message = "Hookline cannot store requests right now; send it again.\n";
  return answerWith(503, [["retry-after", String(retryAfterSeconds)], TEXT], message);
}

const TEXT = ["content-type", "text/plain; charset=utf-8"] as const;

/** What a sender is told whose request could not be verified, whatever was wrong with it. */
export const UNVERIFIED_WORDS =
  "This request could not be verified. The receiver can see why in the inspector of this endpoint.";

/** HTTP wants a challenge with every 401 (RFC 9110, 11.6.1); a real scheme would say how this endpoint verifies. */
const UNVERIFIED = unverified("Webhook");
const UNVERIFIED_BASIC = unverified('Basic realm="Webhook", charset="UTF-8"');

function unverified(challenge: string): SenderAnswer {
  return answerWith(401, [["www-authenticate", challenge], TEXT], `${UNVERIFIED_WORDS}\n`);
}

function asksForBasic({ settings, provider }: Answering): boolean {
  const scheme = settings.scheme === null ? provider.schemes[0] : findScheme(provider, settings.scheme);
  return scheme?.kind === "token" && scheme.prefix === "basic";
}

function usualAnswer(
  { settings, provider }: Answering,
  request: WebhookRequest,
  status: number,
  facts: object,
): SenderAnswer {
  const { answer } = settings;
  switch (answer.kind) {
    case "fixed":
      return chosenAnswer(answer);
    case "flow":
      return chosenAnswer(answer.fallback);
    case "redirect":
      // A script that posts by fetch would follow the redirect to a page that does not let it read: it is told the
      // address.
      if (isScript(request)) return jsonAnswer(status, { ...facts, redirect: answer.url });
      return answerWith(303, [["location", answer.url]], "");
    case "default": {
      const reply = fixedReply(provider, request);
      if (reply !== null) return answerWith(reply.status, reply.headers, reply.body);
      return isFormOfBrowser(request) ? thankYouPage() : jsonAnswer(status, facts);
    }
  }
}

type Chosen = Pick<
  Extract<Receiver["settings"]["answer"], { kind: "fixed" }>,
  "status" | "contentType" | "body" | "headers"
>;

function chosenAnswer({ status, contentType, body, headers }: Chosen): SenderAnswer {
  return answerAsWritten(
    status,
    [["content-type", contentType], ...headers.map(({ name, value }) => [name, value] as const)],
    body,
  );
}

/** Browsers say how they came to ask; where they do not, a script is known by wanting JSON. */
function isScript({ headers }: WebhookRequest): boolean {
  const mode = headerValue(headers, "sec-fetch-mode");
  if (mode !== null) return mode !== "navigate";
  const accept = headerValue(headers, "accept") ?? "";
  return accept.includes("application/json") && !accept.includes("text/html");
}

/** Only browsers that go to the answer ask for HTML by name. */
function isFormOfBrowser(request: WebhookRequest): boolean {
  const type = mediaType(request.headers);
  if (type !== "application/x-www-form-urlencoded" && type !== "multipart/form-data") return false;
  return !isScript(request) && (headerValue(request.headers, "accept") ?? "").includes("text/html");
}

function jsonAnswer(status: number, value: object): SenderAnswer {
  return answerWith(status, [["content-type", "application/json"]], JSON.stringify(value));
}
