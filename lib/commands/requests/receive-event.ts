import { hash, subtle } from "node:crypto";
import { MIB } from "#lib/core/units.ts";
import { tooLarge } from "#lib/door/admit-request.ts";
import { withCors } from "#lib/door/cors.ts";
import { judgeBody, judgeHead } from "#lib/door/judge-request.ts";
import { beginPassing, giveBody, refusedBy } from "#lib/door/passing.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import { refuse } from "#lib/door/refusals.ts";
import type { ReadBody, RequestHead, SenderAnswer } from "#lib/door/request-head.ts";
import { answerUnavailable, answerUnknown } from "#lib/door/sender-answers.ts";
import type { Verdict } from "#lib/door/verdict.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { answerReachProbe } from "#lib/reception/answer-reach-probe.ts";
import { conclude } from "#lib/reception/conclude.ts";
import { DOOR_PORTS } from "#lib/reception/door-ports.ts";
import { NO_ROOM } from "#lib/reception/large-arrivals.ts";
import { loadReceiver } from "#lib/reception/load-receiver.ts";
import { Reception } from "#lib/reception/reception.ts";

const RETRY_AFTER_SECONDS = 2;

/** What of a refused request's body is kept for the inspector: anybody can send one. */
const PEEK_BYTES_MAX = 64 * 1_024;

/**
 * Takes one request to `/in/<token>` from its head to its answer: judge the head, read the body, judge it, do what the
 * verdict says. A 2xx is given only after the event, its runs and their jobs are committed. Never throws; never answers
 * 500.
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
    const reception = new Reception(beginPassing(receiver, head, DOOR_PORTS, null), startedMs);
    try {
      return withCors(receiver, head, await receive(reception, readBody));
    } finally {
      reception.arrival.leave();
    }
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

async function receive(reception: Reception, readBody: ReadBody): Promise<SenderAnswer> {
  const { passing } = reception;
  const early = judgeHead(passing);
  if (early !== null) {
    if (isWorthPeeking(early)) await peek(reception, readBody);
    return conclude(reception, early);
  }
  const reading = await readBody(passing.receiver.bodyBytesMax, reception.arrival.askRoom);
  switch (reading.kind) {
    case "broken": {
      reception.keepBody(reading.cut, reading.bytesSeen, null);
      return conclude(reception, refusedBy(passing, reading.tooSlow ? TOO_SLOW : BROKEN));
    }
    case "overrun":
      reception.keepBody(reading.cut, reading.bytesSeen, null);
      return conclude(reception, refusedBy(passing, OVERRUN));
    case "too-large":
      reception.keepBody(reading.cut, reading.bytesSeen, null);
      return conclude(reception, tooLarge(passing));
    case "no-room":
      reception.keepBody(NOTHING, reading.bytesSeen, null);
      return conclude(reception, refusedBy(passing, NO_ROOM));
    case "whole": {
      const { body } = reading;
      await reception.arrival.turn();
      const sha256 = body.byteLength > MIB ? await hashOffEventLoop(body) : hash("sha256", body, "buffer");
      reception.keepBody(body, body.byteLength, sha256);
      giveBody(passing, body);
      return conclude(reception, await judgeBody(passing));
    }
  }
}

const NOTHING = new Uint8Array(0);
const CLOSE = [["connection", "close"]] as const;
const BROKEN = refuse("body-broken", "The request ended before its body did.", CLOSE);
const OVERRUN = refuse(
  "body-broken",
  "More bytes came than it announced: its Content-Length is missing or smaller than its body (letters beyond " +
    "ASCII take several bytes each).",
  CLOSE,
);
const TOO_SLOW = refuse("too-slow", "The request took longer than 30 s to arrive.", CLOSE);

const PEEKED: readonly string[] = ["method-not-allowed", "https-required", "address-not-allowed"];

/** Floods and bodies that cannot be read are not read. */
function isWorthPeeking(verdict: Verdict): boolean {
  return verdict.kind === "refused" && PEEKED.includes(verdict.refusal.reason);
}

async function peek(reception: Reception, readBody: ReadBody): Promise<void> {
  const bytesMax = Math.min(reception.passing.receiver.bodyBytesMax, PEEK_BYTES_MAX);
  const reading = await readBody(bytesMax, reception.arrival.askRoom);
  if (reading.kind === "whole")
    reception.keepBody(reading.body, reading.body.byteLength, hash("sha256", reading.body, "buffer"));
  if (reading.kind === "too-large") reception.keepBody(reading.cut, reading.bytesSeen, null);
}

/** On a thread: 10 MB take some 10 ms, in which no other request would be read. */
async function hashOffEventLoop(body: Uint8Array): Promise<Uint8Array> {
  return new Uint8Array(await subtle.digest("SHA-256", body));
}
