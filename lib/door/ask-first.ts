import type { EndpointSettings } from "#lib/core/endpoint-settings.ts";
import { readConfirm, signConfirm } from "#lib/door/confirm-token.ts";
import type { DeliveryKey } from "#lib/door/delivery-key.ts";
import { pageAnswer } from "#lib/door/page-answer.ts";
import { type Stage, uncertain } from "#lib/door/passing.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import { queryOf, type SenderAnswer } from "#lib/door/request-head.ts";
import { mediaType } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/** The field of the page that asks. */
export const CONFIRM_FIELD = "hookline_confirm";

/** Nothing but our own field is in the body of a confirmation. */
const CONFIRM_BODY_BYTES_MAX = 4_096;

/** Whether opening this endpoint's address shows a page instead of acting. */
export function asksFirst({ confirmGet, methods }: Pick<EndpointSettings, "confirmGet" | "methods">): boolean {
  return confirmGet && methods.includes("GET");
}

/**
 * Whether a method that is not on the endpoint's list may still belong to the page: its answer (POST), or a look at it
 * (HEAD).
 */
export function mayBelongToPage(settings: Pick<EndpointSettings, "confirmGet" | "methods">, method: string): boolean {
  return asksFirst(settings) && (method === "POST" || method === "HEAD");
}

/**
 * Shows the page to whoever opens the address: mail scanners and previews open links, people press buttons. Its button
 * counts for half an hour only, so that nobody can say of a stored press whether it counts.
 */
export const askFirst: Stage = (passing) => {
  const { receiver, request, head, kept } = passing;
  if (!asksFirst(receiver.settings)) return null;
  const opened = request.method === "GET" || request.method === "HEAD";
  const given = opened ? null : confirmField(request);
  if (!opened && given === null) return null;
  if (given !== null && kept !== null) return uncertain({ kind: "press-outlived" });
  const { key, nonce } = passing.ports.confirm();
  const place = { endpointId: receiver.endpointId, query: queryOf(request.url) };
  const reading = given === null ? null : readConfirm(key, place, head.receivedAt, given);
  if (reading?.kind === "valid") {
    passing.pressedNonce = reading.nonce;
    passing.checks.push(PRESSED);
    return null;
  }
  const why = reading?.kind ?? "opened";
  const answer = confirmPage(receiver.settings, signConfirm(key, place, head.receivedAt, nonce), why);
  return { kind: "asked", why, answer };
};

const PRESSED: RequestCheck = {
  id: "asked-first",
  status: "passed",
  message: "Somebody pressed the button of the page that asks first.",
};

/** A confirmed request counts once however often its button is pressed, unless the owner has a rule of their own. */
export function deliveryOfConfirmed(delivery: DeliveryKey, nonce: string | null): DeliveryKey {
  if (nonce === null || delivery.same !== null) return delivery;
  const check = { id: "delivery", status: "passed", message: "First press of this page's button." } as const;
  return { ...delivery, key: `confirm:${nonce}`, same: "press of this page's button", check };
}

function confirmField(request: WebhookRequest): string | null {
  if (request.method !== "POST" || request.body.byteLength > CONFIRM_BODY_BYTES_MAX) return null;
  if (mediaType(request.headers) !== "application/x-www-form-urlencoded") return null;
  return new URLSearchParams(Buffer.from(request.body).toString("utf8")).get(CONFIRM_FIELD);
}

const SENTENCES = {
  opened: "This link does something once you continue. Nothing has happened yet.",
  expired: "This page was open for more than 30 minutes, so nothing has happened. Continue now if you still want to.",
  wrong: "That did not come from this page as it was shown, so nothing has happened. Continue if you want to.",
} as const;

/** The form has no address of its own: it posts to the one the page was opened at, query included. */
function confirmPage(
  settings: Pick<EndpointSettings, "answer">,
  token: string,
  why: keyof typeof SENTENCES,
): SenderAnswer {
  const { answer } = settings;
  const field = `<input type="hidden" name="${CONFIRM_FIELD}" value="${token}">`;
  return pageAnswer({
    status: why === "opened" ? 200 : 409,
    title: "Continue?",
    bodyHtml: `<p>${SENTENCES[why]}</p>
<form method="post">${field}<button type="submit">Continue</button></form>`,
    // Browsers hold the page's policy against the redirect that answers the form too.
    formTargets:
      answer.kind === "flow" ? "any" : ["'self'", ...(answer.kind === "redirect" ? [new URL(answer.url).origin] : [])],
  });
}
