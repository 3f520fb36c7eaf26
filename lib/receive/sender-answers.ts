import type { Receiver } from "#lib/receive/receiver.ts";
import type { Refusal } from "#lib/receive/refusals.ts";
import type { SenderAnswer } from "#lib/receive/request-head.ts";
import { fixedReply } from "#lib/webhooks/fixed-reply.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** Headers of every answer on `/in`: nothing a sender posts can run in our origin or be stored by a cache. */
const SAFE_HEADERS: SenderAnswer["headers"] = [
  ["cache-control", "no-store"],
  ["content-security-policy", "sandbox; default-src 'none'"],
  ["x-content-type-options", "nosniff"],
  ["referrer-policy", "no-referrer"],
];

/** An answer with the safe headers in front of its own. */
export function answerWith(status: number, headers: SenderAnswer["headers"], body: string): SenderAnswer {
  return { status, headers: [...SAFE_HEADERS, ...headers], body };
}

/** The answer to an event that is stored: the owner's, the sender's own custom, or 202 with the event's id. */
export function answerAccepted(receiver: Receiver, request: WebhookRequest, eventId: string): SenderAnswer {
  return chosenAnswer(receiver, request) ?? jsonAnswer(202, { event: eventId });
}

/** The answer to a delivery that was stored before, with the first event's id. */
export function answerDuplicate(receiver: Receiver, request: WebhookRequest, firstEventId: string): SenderAnswer {
  return chosenAnswer(receiver, request) ?? jsonAnswer(200, { event: firstEventId, duplicate: true });
}

/** The answer to a request that was not accepted: one plain sentence. */
export function answerRefused(refusal: Refusal): SenderAnswer {
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

/** The answer to a request whose body never arrived in full. */
export function answerBroken(): SenderAnswer {
  return answerWith(400, [TEXT, ["connection", "close"]], "The request ended before its body did.\n");
}

const TEXT = ["content-type", "text/plain; charset=utf-8"] as const;

/** The answer the owner chose, or the one the sender insists on; null when neither says and the usual one is given. */
export function chosenAnswer(receiver: Pick<Receiver, "settings" | "provider">, request: WebhookRequest): SenderAnswer | null {
  const { answer } = receiver.settings;
  if (answer.kind === "fixed") return answerWith(answer.status, [["content-type", answer.contentType]], answer.body);
  if (answer.kind === "redirect") return answerWith(303, [["location", answer.url]], "");
  const reply = fixedReply(receiver.provider, request);
  return reply === null ? null : answerWith(reply.status, reply.headers, reply.body);
}

function jsonAnswer(status: number, value: object): SenderAnswer {
  return answerWith(status, [["content-type", "application/json"]], JSON.stringify(value));
}
