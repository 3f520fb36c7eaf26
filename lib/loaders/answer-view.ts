import type { Actor } from "#lib/core/actor.ts";
import { type EndpointSettings, parseStoredSettings } from "#lib/core/endpoint-settings.ts";
import type { Endpoint } from "#lib/db/endpoints.ts";
import { type EventAnswer, type FallbackReason, findEventAnswer } from "#lib/db/event-answers.ts";
import type { StoredRequest } from "#lib/db/requests.ts";
import { answerAccepted, answerDuplicate, UNVERIFIED_WORDS } from "#lib/door/sender-answers.ts";
import type { RequestDetail } from "#lib/views/endpoint-views.ts";
import { seesPayloads } from "#lib/views/payload-mask.ts";
import { findProvider } from "#lib/webhooks/providers/registry.generated.ts";
import type { HeaderList, WebhookRequest } from "#lib/webhooks/types.ts";

/** Programs that fill in forms are answered as if they had been taken. */
const ANSWERED_AS_USUAL = ["honeypot-filled", "sent-too-fast"];

/**
 * What the sender of a request was told. Computed answers are stored; of others only the status is, and their body
 * follows from the endpoint as it is now and the request. People who may not see payloads see no body: it may repeat
 * what was sent.
 */
export async function loadAnswer(
  actor: Actor,
  request: StoredRequest,
  endpoint: Endpoint,
): Promise<RequestDetail["answer"]> {
  const told = await readAnswer(actor, request, endpoint);
  return seesPayloads(actor.role) ? told : { ...told, body: "" };
}

async function readAnswer(actor: Actor, request: StoredRequest, endpoint: Endpoint): Promise<RequestDetail["answer"]> {
  const isRepeat = request.kind === "request" && request.verdict === "duplicate";
  const asUsual = request.kind === "event" || isRepeat || ANSWERED_AS_USUAL.includes(request.reason ?? "");
  if (!asUsual)
    return {
      status: request.status ?? 0,
      body: request.verdict === "refused" ? refusalWords(request) : "",
      note: null,
    };
  const settings = parseStoredSettings(endpoint.settings);
  const eventId = isRepeat ? request.eventId : request.kind === "event" ? request.id : null;
  const kept = eventId === null ? null : await findEventAnswer(actor.workspaceId, eventId);
  if (kept !== null) {
    const shown = request.kind === "event" ? ofEvent(kept, settings) : ofRepeat(kept, request);
    if (shown !== null) return shown;
  }
  const provider = findProvider(endpoint.provider);
  if (provider === null) return { status: request.status ?? 202, body: "", note: null };
  const usual = isRepeat
    ? answerDuplicate({ settings, provider }, toWebhook(request), request.eventId ?? "")
    : answerAccepted({ settings, provider }, toWebhook(request), request.id);
  // What is stored was said; the endpoint may have other settings by now.
  const same = request.status === null || request.status === usual.status;
  const note = request.reason === null ? null : "The usual answer, so that a program learns nothing from it.";
  return { status: request.status ?? usual.status, body: same ? usual.body : "", note };
}

/** A 401 says the same whatever was wrong. */
function refusalWords({ status, message }: StoredRequest): string {
  return status === 401 ? UNVERIFIED_WORDS : message;
}

/** What a stored event's sender was told; null while that is not written down. */
function ofEvent(kept: EventAnswer, settings: EndpointSettings): RequestDetail["answer"] | null {
  if (kept.given === null) return null;
  const after = `${(kept.givenMs ?? 0).toLocaleString("en")} ms`;
  if (kept.given === "computed") {
    return {
      status: kept.computed?.status ?? 0,
      body: kept.computed?.body ?? "",
      note: `Computed by a flow in ${after}.`,
    };
  }
  const later =
    kept.computed === null
      ? ""
      : ` A flow answered ${kept.computed.status} later; a repeat of this delivery gets that.`;
  const note = `The fallback, ${FALLBACK_WORDS[kept.given](after)}.${later}`;
  const fallback = settings.answer.kind === "flow" ? settings.answer.fallback : null;
  return { status: fallback?.status ?? 0, body: fallback?.body ?? "", note };
}

function ofRepeat(kept: EventAnswer, request: StoredRequest): RequestDetail["answer"] | null {
  if (kept.computed === null || kept.computed.status !== request.status) return null;
  return {
    status: kept.computed.status,
    body: kept.computed.body,
    note: "What a flow answered to the first delivery.",
  };
}

const FALLBACK_WORDS: Readonly<Record<FallbackReason, (after: string) => string>> = {
  deadline: (after) => `because no answer had come after ${after}`,
  ended: (after) => `because every run that could answer had ended without an answer after ${after}`,
  "no-answering-flow": () => "because no flow that ran has a step that answers the sender",
  "no-flow": () => "because no live flow wanted the event",
  parked: () => "because the endpoint was paused",
  busy: () => "because too many senders were waiting for an answer already",
  stopping: (after) => `because Hookline was stopping after ${after}`,
};

function toWebhook(request: StoredRequest): WebhookRequest {
  const url = request.query === "" ? request.path : `${request.path}?${request.query}`;
  return { method: request.method, url, headers: JSON.parse(request.headers) as HeaderList, body: request.body };
}
