import { newId } from "#lib/core/ids.ts";
import type { Verification } from "#lib/core/states.ts";
import { KIB, MIB } from "#lib/core/units.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import { checksJson } from "#lib/door/checks-json.ts";
import type { DeliveryKey } from "#lib/door/delivery-key.ts";
import { keptHeaders, keptQuery } from "#lib/door/kept-headers.ts";
import type { Receiver, ReceiverSecret, RequestCheck } from "#lib/door/receiver.ts";
import type { Refusal } from "#lib/door/refusals.ts";
import { pathOf, queryOf, type RequestHead } from "#lib/door/request-head.ts";
import { secretWords } from "#lib/door/secret-words.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { recordAnswerTime, recordRequest, recordSecretUse } from "#lib/reception/record-request.ts";
import { headerValue } from "#lib/webhooks/headers.ts";

/** Bodies of requests that made no event are cut to this. */
const KEPT_BODY_BYTES_MAX = 64 * KIB;
/**
 * One that only could not be checked may be genuine, and large bodies are what takes long: a person must be able to
 * accept it.
 */
const KEPT_UNCHECKED_BYTES_MAX = MIB;
const EMPTY = new Uint8Array(0);

/** What is known about one request while it is judged, and how it is written down at the end. */
export class Reception {
  readonly head: RequestHead;
  readonly checks: RequestCheck[] = [];
  verification: Verification = "not configured";
  eventType: string | null = null;
  /** When the request had arrived in full, by `performance.now()`. */
  arrivedMs: number;
  /** Set when somebody pressed the button of the page that asks first; the same for every press of one page. */
  confirmNonce: string | null = null;
  readonly receiver: Receiver;
  readonly #startedMs: number;
  #body: Uint8Array = EMPTY;
  #bodyBytes = 0;
  #bodySha256: Uint8Array | null = null;

  constructor(receiver: Receiver, head: RequestHead, startedMs: number) {
    this.receiver = receiver;
    this.head = head;
    this.#startedMs = this.arrivedMs = startedMs;
  }

  /** Remembers the body, or the first bytes of one that was not read in full (then without a hash). */
  keepBody(body: Uint8Array, bodyBytes: number, sha256: Uint8Array | null): void {
    this.arrivedMs = performance.now();
    this.#body = body;
    this.#bodyBytes = bodyBytes;
    this.#bodySha256 = sha256;
  }

  /** The event this request becomes. */
  toEvent(id: string, delivery: DeliveryKey): NewEvent {
    const { head } = this;
    return {
      ...this.#common(),
      id,
      dedupeKey: delivery.key,
      earlierKey: delivery.earlierKey,
      windowStart: delivery.windowStart,
      deliveryId: delivery.deliveryId === null ? null : delivery.deliveryId.replace(/[\p{Cc}\p{Cs}]/gu, " "),
      body: this.#body,
      bodySha256: this.#bodySha256 ?? EMPTY,
      checks: checksJson([...this.checks, delivery.check]),
      receivedAt: head.receivedAt,
    };
  }

  /** Writes down and counts which secret verified the request. */
  countSecret(secretIndex: number | null): void {
    const secret = secretIndex === null ? undefined : this.receiver.secrets[secretIndex];
    if (secret === undefined) return;
    recordSecretUse(secret.id);
    this.checks.push(secretUsed(secret));
  }

  /** Writes down how long the sender of a stored event waited. */
  stored(eventId: string, verdict: string): void {
    const milliseconds = this.#waitedMs();
    metrics().requests.inc({ verdict, reason: "" });
    metrics().acceptSeconds.observe(milliseconds / 1_000);
    recordAnswerTime(eventId, Math.round(milliseconds));
  }

  /** Writes down a delivery that was stored before. */
  duplicate(firstEventId: string, { same }: DeliveryKey, status: number): void {
    const message = `The same ${same ?? "content"} was stored before; no run was started.`;
    this.checks.push({ id: "delivery", status: "failed", message });
    this.#record("duplicate", { reason: null, message, status, eventId: firstEventId });
  }

  /** Writes down an answered handshake. */
  handshake(id: string, status: number, help: string): void {
    this.checks.push({ id: "handshake", status: "passed", message: help });
    this.#record("handshake", { reason: id, message: help, status, eventId: null });
  }

  /** Writes down that the page was shown which asks before acting. */
  askedFirst(why: "opened" | "expired" | "wrong", status: number): void {
    const message = {
      opened: "A page asked whether to continue; nothing ran.",
      expired: "The page's button was pressed after 30 minutes, so it asked again; nothing ran.",
      wrong: "The confirmation was not of the page shown here, so it asked again; nothing ran.",
    }[why];
    this.checks.push({ id: "asked-first", status: why === "opened" ? "passed" : "failed", message });
    this.#record("handshake", { reason: "asked-first", message, status, eventId: null });
  }

  /** Writes down a refusal. */
  refused(refusal: Refusal): void {
    this.#record("refused", {
      reason: refusal.reason,
      message: refusal.message,
      status: refusal.status,
      eventId: null,
    });
  }

  #record(
    verdict: "refused" | "duplicate" | "handshake",
    how: { reason: string | null; message: string; status: number; eventId: string | null },
  ): void {
    metrics().requests.inc({ verdict, reason: verdict === "refused" ? (how.reason ?? "") : "" });
    recordRequest({
      ...this.#common(),
      ...how,
      id: newId(this.head.receivedAt),
      verdict,
      checks: checksJson(this.checks),
      body: cut(this.#body, how.reason === "schema-unchecked" ? KEPT_UNCHECKED_BYTES_MAX : KEPT_BODY_BYTES_MAX),
      bodyBytes: this.#bodyBytes,
      bodySha256: this.#bodySha256,
      receivedAt: this.head.receivedAt,
      answerMs: Math.round(this.#waitedMs()),
    });
  }

  #common() {
    const { head } = this;
    const secrets = this.receiver.secrets.map((secret) => secret.text);
    return {
      workspaceId: this.receiver.workspaceId,
      endpointId: this.receiver.endpointId,
      eventType: this.eventType,
      verification: this.verification,
      method: head.method,
      contentType: headerValue(head.headers, "content-type")?.slice(0, 500) ?? null,
      clientIp: head.clientIp,
      path: pathOf(head.target),
      query: keptQuery(queryOf(head.target), secrets),
      headers: JSON.stringify(keptHeaders(head.headers, secrets)),
    };
  }

  #waitedMs(): number {
    return performance.now() - this.#startedMs;
  }
}

/** Copied, because a slice would keep the whole body in memory. */
function cut(body: Uint8Array, bytesMax: number): Uint8Array {
  return body.byteLength <= bytesMax ? body : Uint8Array.prototype.slice.call(body, 0, bytesMax);
}

const secretChecks = new WeakMap<ReceiverSecret, RequestCheck>();

/** The words of one secret are put together once. */
function secretUsed(secret: ReceiverSecret): RequestCheck {
  const known = secretChecks.get(secret);
  if (known !== undefined) return known;
  const check: RequestCheck = { id: "secret-used", status: "passed", message: secretWords(secret) };
  secretChecks.set(secret, check);
  return check;
}
