import { newId } from "#lib/core/ids.ts";
import { KIB, MIB } from "#lib/core/units.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import { HEADER_BYTES_MAX, TARGET_BYTES_MAX } from "#lib/door/admit-request.ts";
import { checksJson } from "#lib/door/checks-json.ts";
import { clientNetOf } from "#lib/door/client-net.ts";
import { keptHead } from "#lib/door/kept-headers.ts";
import type { Passing } from "#lib/door/passing.ts";
import type { RequestCheck } from "#lib/door/receiver.ts";
import type { Refusal } from "#lib/door/refusals.ts";
import { pathOf, queryOf } from "#lib/door/request-head.ts";
import type { Accepted } from "#lib/door/verdict.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { LargeArrival } from "#lib/reception/large-arrivals.ts";
import { recordAnswerTime, recordRequest, recordSecretUse } from "#lib/reception/record-request.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** Bodies of requests that made no event are cut to this. */
const KEPT_BODY_BYTES_MAX = 64 * KIB;
/**
 * One that only could not be checked may be genuine, and large bodies are what takes long: a person must be able to
 * accept it.
 */
const KEPT_UNCHECKED_BYTES_MAX = MIB;
const EMPTY = new Uint8Array(0);

/** One request at the door, and how what became of it is written down. */
export class Reception {
  readonly passing: Passing;
  readonly arrival: LargeArrival;
  /** When the request had arrived in full, by `performance.now()`. */
  arrivedMs: number;
  readonly #startedMs: number;
  #body: Uint8Array = EMPTY;
  #bodyBytes = 0;
  #bodySha256: Uint8Array | null = null;

  constructor(passing: Passing, startedMs: number) {
    this.passing = passing;
    this.arrival = new LargeArrival(passing.receiver.endpointId);
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
  toEvent({ eventId, delivery }: Accepted): NewEvent {
    const { deliveryId } = delivery;
    return {
      ...this.#common([delivery.check]),
      id: eventId,
      dedupeKey: delivery.key,
      earlierKey: delivery.earlierKey,
      windowStart: delivery.windowStart,
      deliveryId: deliveryId === null ? null : deliveryId.replace(/[\p{Cc}\p{Cs}]/gu, " "),
      body: this.#body,
      bodySha256: this.#bodySha256 ?? EMPTY,
    };
  }

  /** Counts the secret that verified a request that is no handshake. */
  countSecret(): void {
    const { secretIndex, receiver } = this.passing;
    const secret = secretIndex === null ? undefined : receiver.secrets[secretIndex];
    if (secret !== undefined) recordSecretUse(secret.id, receiver);
  }

  /** Writes down how long the sender of a stored event waited. */
  stored(eventId: string, verdict: string): void {
    const milliseconds = this.#waitedMs();
    metrics().requests.inc({ verdict, reason: "" });
    metrics().acceptSeconds.observe(milliseconds / 1_000);
    recordAnswerTime(eventId, Math.round(milliseconds), this.passing.receiver);
  }

  /** Writes down a delivery that was stored before; `same` is what both have in common. */
  duplicate(firstEventId: string, same: string | null, status: number): void {
    const message = `The same ${same ?? "content"} was stored before; no run was started.`;
    const check: RequestCheck = { id: "delivery", status: "failed", message };
    this.#record("duplicate", { reason: null, message, status, eventId: firstEventId }, [check]);
  }

  /** Writes down an answered handshake. */
  handshake(id: string, status: number, help: string): void {
    const check: RequestCheck = { id: "handshake", status: "passed", message: help };
    this.#record("handshake", { reason: id, message: help, status, eventId: null }, [check]);
  }

  /** Writes down that the page was shown which asks before acting. */
  askedFirst(why: "opened" | "expired" | "wrong", status: number): void {
    const message = {
      opened: "A page asked whether to continue; nothing ran.",
      expired: "The page's button was pressed after 30 minutes, so it asked again; nothing ran.",
      wrong: "The confirmation was not of the page shown here, so it asked again; nothing ran.",
    }[why];
    const check: RequestCheck = { id: "asked-first", status: why === "opened" ? "passed" : "failed", message };
    this.#record("handshake", { reason: "asked-first", message, status, eventId: null }, [check]);
  }

  /** Writes down a refusal and the status its sender was answered with. */
  refused({ reason, message }: Refusal, status: number): void {
    this.#record("refused", { reason, message, status, eventId: null }, []);
  }

  #record(
    verdict: "refused" | "duplicate" | "handshake",
    how: { reason: string | null; message: string; status: number; eventId: string | null },
    checks: readonly RequestCheck[],
  ): void {
    metrics().requests.inc({ verdict, reason: verdict === "refused" ? (how.reason ?? "") : "" });
    recordRequest({
      ...this.#common(checks),
      ...how,
      id: newId(this.passing.head.receivedAt),
      verdict,
      body: cut(this.#body, how.reason === "schema-unchecked" ? KEPT_UNCHECKED_BYTES_MAX : KEPT_BODY_BYTES_MAX),
      bodyBytes: this.#bodyBytes,
      bodySha256: this.#bodySha256,
      answerMs: Math.round(this.#waitedMs()),
    });
  }

  #common(lastChecks: readonly RequestCheck[]) {
    const { receiver, head, checks, eventType, verification } = this.passing;
    const secrets = receiver.secrets.map((secret) => secret.text);
    const target = head.target.slice(0, TARGET_BYTES_MAX);
    const kept = keptHead(firstHeaders(head.headers), queryOf(target), secrets);
    return {
      workspaceId: receiver.workspaceId,
      endpointId: receiver.endpointId,
      eventType,
      verification,
      method: head.method,
      contentType: headerValue(head.headers, "content-type")?.slice(0, 500) ?? null,
      clientIp: head.clientIp,
      clientNet: clientNetOf(head.clientIp),
      path: pathOf(target),
      query: kept.query,
      headers: JSON.stringify(kept.headers),
      checks: checksJson([...checks, ...lastChecks, ...(kept.removed === null ? [] : [kept.removed])]),
      receivedAt: head.receivedAt,
    };
  }

  #waitedMs(): number {
    return performance.now() - this.#startedMs;
  }
}

/** Of headers that are refused for their size, those that come first; of all others all. */
function firstHeaders(headers: HeaderList): HeaderList {
  let bytes = 0;
  const end = headers.findIndex(([name, value]) => (bytes += name.length + value.length + 4) > HEADER_BYTES_MAX);
  return end < 0 ? headers : headers.slice(0, end);
}

/** Copied, because a slice would keep the whole body in memory. */
function cut(body: Uint8Array, bytesMax: number): Uint8Array {
  return body.byteLength <= bytesMax ? body : Uint8Array.prototype.slice.call(body, 0, bytesMax);
}
