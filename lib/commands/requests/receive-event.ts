import { hash, subtle } from "node:crypto";
import { endpointUrl } from "#lib/commands/endpoints/endpoint-url.ts";
import { newId } from "#lib/core/ids.ts";
import { MIB } from "#lib/core/units.ts";
import type { AcceptOutcome } from "#lib/db/accept-events.ts";
import { isRowRefused } from "#lib/db/database-down.ts";
import { admitRequest, checkMethod, failed, refuseTooLarge } from "#lib/door/admit-request.ts";
import { deliveryOfConfirmed } from "#lib/door/ask-first.ts";
import { answerPreflight, withCors } from "#lib/door/cors.ts";
import { deliveryKey } from "#lib/door/delivery-key.ts";
import { nameRequest } from "#lib/door/name-request.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import type { ReadBody, RequestHead, SenderAnswer } from "#lib/door/request-head.ts";
import {
  answerAccepted,
  answerBroken,
  answerDuplicate,
  answerRefused,
  answerUnavailable,
  answerUnknown,
  answerWith,
} from "#lib/door/sender-answers.ts";
import { splitOf } from "#lib/door/split-event.ts";
import { TokenBuckets } from "#lib/door/token-bucket.ts";
import { verifyRequest } from "#lib/door/verify-request.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { singleton } from "#lib/platform/singleton.ts";
import { answerFromFlow, answerOfFirst } from "#lib/reception/answer-from-flow.ts";
import { answerReachProbe } from "#lib/reception/answer-reach-probe.ts";
import { askBeforeActing } from "#lib/reception/ask-before-acting.ts";
import { checkSchema } from "#lib/reception/check-schema.ts";
import { fetchVerificationKeys } from "#lib/reception/fetch-verification-keys.ts";
import { loadReceiver } from "#lib/reception/load-receiver.ts";
import { performHandshakeEffect } from "#lib/reception/perform-handshake-effect.ts";
import { isReadApart, type LargeReading, readApart } from "#lib/reception/read-delivery.ts";
import { readableRequest } from "#lib/reception/readable-request.ts";
import { Reception } from "#lib/reception/reception.ts";
import { storeEvent } from "#lib/reception/store-event.ts";
import { toBatch } from "#lib/reception/to-batch.ts";
import { turnAwayProgram } from "#lib/reception/turn-away-program.ts";
import { answerHandshake } from "#lib/webhooks/handshake.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const RETRY_AFTER_SECONDS = 2;

/** What of a refused request's body is kept for the inspector, and read for its name: anybody can send one. */
const PEEK_BYTES_MAX = 64 * 1_024;
const UNREAD = new Uint8Array(0);

/**
 * Takes one request to `/in/<token>` from its head to its answer: admit, read, shake hands, verify, name, store. A 2xx
 * is given only after the event, its runs and their jobs are committed. Never throws; never answers 500.
 */
export async function receiveEvent(head: RequestHead, readBody: ReadBody): Promise<SenderAnswer> {
  const startedMs = performance.now();
  let receiver: Receiver | null = null;
  try {
    receiver = await loadReceiver(head.token);
    if (receiver === null) {
      const probed = answerReachProbe(head);
      if (probed !== null) return probed;
      metrics().unknownTokens.inc();
      return answerUnknown();
    }
    return withCors(receiver, head, await receiveFor(receiver, new Reception(receiver, head, startedMs), readBody));
  } catch (error) {
    log({ requestId: head.requestId }).warn(
      { error },
      "a request could not be stored; its sender was told to send it again",
    );
    metrics().requests.inc({ verdict: "unavailable", reason: "" });
    const answer = answerUnavailable(RETRY_AFTER_SECONDS);
    return receiver === null ? answer : withCors(receiver, head, answer);
  }
}

async function receiveFor(receiver: Receiver, reception: Reception, readBody: ReadBody): Promise<SenderAnswer> {
  const { head } = reception;
  const preflight = answerPreflight(receiver, head);
  if (preflight !== null) return "kind" in preflight ? refusedBy(reception, preflight) : preflight;
  const admission = admitRequest(receiver, head, {
    buckets: buckets(),
    nowMs: performance.now(),
    workspaceRatePerSecond: env().endpointRatePerSecond,
  });
  reception.checks.push(...admission.checks);
  if (admission.kind === "not-admitted") {
    if (isWorthPeeking(admission.refusal)) await peek(reception, receiver, readBody);
    return refused(reception, admission.refusal);
  }

  const reading = await readBody(receiver.bodyBytesMax);
  if (reading.kind === "broken") return answerBroken();
  if (reading.kind === "too-large") {
    reception.keepBody(reading.cut, reading.bytesSeen, null);
    return refusedBy(reception, refuseTooLarge(receiver));
  }
  const { body } = reading;
  reception.keepBody(
    body,
    body.byteLength,
    body.byteLength > MIB ? await hashApart(body) : hash("sha256", body, "buffer"),
  );
  return judge(receiver, reception, { method: head.method, url: head.target, headers: head.headers, body });
}

async function judge(receiver: Receiver, reception: Reception, request: WebhookRequest): Promise<SenderAnswer> {
  const { head } = reception;
  const shaken = await shakeHands(receiver, reception, request);
  if (shaken !== null) return shaken;
  const page = askBeforeActing(receiver, reception, request);
  if (page !== null) return page;
  const method = checkMethod(receiver, head);
  if ("kind" in method && reception.confirmNonce === null) return refusedBy(reception, method);

  const verified = await verifyRequest(receiver, request, endpointUrl(head.token), {
    now: head.receivedAt,
    fetchText: fetchVerificationKeys,
  });
  reception.checks.push(...verified.checks);
  reception.verification = verified.verification;
  if (verified.refusal !== null) {
    reception.eventType = nameRequest(
      receiver,
      request.body.byteLength > PEEK_BYTES_MAX ? { ...request, body: UNREAD } : request,
    );
    return refused(reception, verified.refusal);
  }
  reception.countSecret(verified.secretIndex);
  const readable = await readableRequest(request);
  const large = isReadApart(receiver, readable) ? await readApart(receiver, readable, head.receivedAt) : null;
  if (large?.kind === "unread") return refusedBy(reception, large.refusal);
  reception.eventType = large === null ? nameRequest(receiver, readable) : large.eventType;
  const turnedAway = turnAwayProgram(receiver, reception, readable, large?.form);
  if (turnedAway !== null) return turnedAway;
  const fitting = receiver.settings.schema === null ? null : await checkSchema(receiver, request);
  if (fitting !== null) reception.checks.push(fitting.check);
  if (fitting?.refusal) return refused(reception, fitting.refusal);
  return store(receiver, reception, readable, large);
}

/** `large` is what was read of a large body; of any other everything is read here. */
async function store(
  receiver: Receiver,
  reception: Reception,
  request: WebhookRequest,
  large: Extract<LargeReading, { kind: "read" }> | null,
): Promise<SenderAnswer> {
  const { receivedAt } = reception.head;
  const eventId = large?.eventId ?? newId(receivedAt);
  const split = large?.split ?? splitOf(receiver.settings, receiver.provider, request);
  const key = large?.key ?? deliveryKey(receiver, request, eventId, receivedAt, split.kind === "items");
  const delivery = deliveryOfConfirmed(key, reception.confirmNonce);
  if (split.kind !== "off") reception.checks.push(split.check);
  const event = reception.toEvent(eventId, delivery);
  try {
    const outcome = await storeEvent(split.kind === "items" ? toBatch(event, split.items) : event);
    switch (outcome.kind) {
      case "stored":
        return await answerStored(receiver, reception, request, outcome);
      case "duplicate": {
        const computed =
          receiver.settings.answer.kind === "flow" ? await answerOfFirst(receiver, outcome.firstEventId) : null;
        const answer = computed ?? answerDuplicate(receiver, request, outcome.firstEventId);
        reception.duplicate(outcome.firstEventId, delivery, answer.status);
        return answer;
      }
      case "endpoint-gone":
        return refusedBy(reception, refuse("endpoint-deleted", "There is no endpoint at this address."));
    }
  } catch (error) {
    if (!isRowRefused(error)) throw error;
    log({ requestId: reception.head.requestId }).error({ error }, "the database refused an event's values");
    return refusedBy(reception, refuse("event-unstorable", "This request holds something that cannot be stored."));
  }
}

async function answerStored(
  receiver: Receiver,
  reception: Reception,
  request: WebhookRequest,
  outcome: Extract<AcceptOutcome, { kind: "stored" }>,
): Promise<SenderAnswer> {
  const flows = receiver.settings.answer.kind === "flow";
  const computed = flows ? await answerFromFlow(receiver, { ...outcome, sinceMs: reception.arrivedMs }) : null;
  reception.stored(outcome.eventId, outcome.verdict);
  return computed ?? answerAccepted(receiver, request, outcome.eventId);
}

/** Answers a sender's check of the address; null when the request is none, or is wanted as an event. */
async function shakeHands(
  receiver: Receiver,
  reception: Reception,
  request: WebhookRequest,
): Promise<SenderAnswer | null> {
  if (receiver.provider.handshakes.length === 0) return null;
  const settings = { secrets: receiver.secrets.map((secret) => secret.text), options: receiver.settings.options };
  let answer = answerHandshake(receiver.provider, request, settings);
  if (answer === null || (receiver.paused && !answer.worksWhilePaused)) return null;
  const methods: readonly string[] = receiver.settings.methods;
  if (answer.probe && methods.includes(request.method)) return null;
  if (answer.verifyFirst) {
    const verified = await verifyRequest(receiver, request, endpointUrl(reception.head.token), {
      now: reception.head.receivedAt,
      fetchText: fetchVerificationKeys,
    });
    reception.checks.push(...verified.checks);
    reception.verification = verified.verification;
    if (verified.refusal !== null) return refused(reception, verified.refusal);
    answer = answerHandshake(receiver.provider, request, settings, verified.secretIndex ?? 0) ?? answer;
  }
  if (answer.status >= 400)
    return refusedBy(reception, { ...refuse("field-mismatch", answer.body), status: answer.status });
  if (answer.effect !== null) performHandshakeEffect(receiver, answer.effect);
  reception.handshake(answer.id, answer.status, answer.help);
  return answerWith(answer.status, answer.headers, answer.body);
}

function refused(reception: Reception, refusal: Refusal): SenderAnswer {
  reception.refused(refusal);
  return answerRefused(refusal, reception.receiver);
}

/** A refusal that no check has written down yet. */
function refusedBy(reception: Reception, refusal: Refusal): SenderAnswer {
  reception.checks.push(failed(refusal));
  return refused(reception, refusal);
}

/** Floods and bodies that cannot be read are not read. */
function isWorthPeeking(refusal: Refusal): boolean {
  return (
    refusal.reason === "method-not-allowed" ||
    refusal.reason === "https-required" ||
    refusal.reason === "address-not-allowed"
  );
}

async function peek(reception: Reception, receiver: Receiver, readBody: ReadBody): Promise<void> {
  const reading = await readBody(Math.min(receiver.bodyBytesMax, PEEK_BYTES_MAX));
  if (reading.kind === "whole")
    reception.keepBody(reading.body, reading.body.byteLength, hash("sha256", reading.body, "buffer"));
  if (reading.kind === "too-large") reception.keepBody(reading.cut, reading.bytesSeen, null);
}

/** On a thread: 10 MB take some 10 ms, in which no other request would be read. */
async function hashApart(body: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest("SHA-256", body));
}

function buckets(): TokenBuckets {
  return singleton("receive-buckets", () => new TokenBuckets());
}
