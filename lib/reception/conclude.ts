import { newId } from "#lib/core/ids.ts";
import type { AcceptOutcome } from "#lib/db/accept-events.ts";
import { isRowRefused } from "#lib/db/database-down.ts";
import { refusedBy } from "#lib/door/passing.ts";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";
import { answerAccepted, answerDuplicate, answerRefused, answerWith } from "#lib/door/sender-answers.ts";
import type { Accepted, Verdict } from "#lib/door/verdict.ts";
import { log } from "#lib/platform/log.ts";
import { answerFromFlow, answerOfFirst } from "#lib/reception/answer-from-flow.ts";
import { performHandshakeEffect } from "#lib/reception/perform-handshake-effect.ts";
import type { Reception } from "#lib/reception/reception.ts";
import { storeEvent } from "#lib/reception/store-event.ts";
import { toBatch } from "#lib/reception/to-batch.ts";
import type { HandshakeAnswer } from "#lib/webhooks/handshake.ts";

/**
 * Does what a verdict says, writes it down, and gives the sender's answer. Throws, with nothing stored, when an event
 * could not be written.
 */
export function conclude(reception: Reception, verdict: Verdict): SenderAnswer | Promise<SenderAnswer> {
  switch (verdict.kind) {
    case "refused":
      return answerRefusal(reception, verdict.refusal);
    case "turned-away":
      return answerTurnedAway(reception, verdict.refusal);
    case "preflight":
      return verdict.answer;
    case "handshake":
      return answerShaken(reception, verdict.handshake);
    case "asked":
      // A look at the headers alone is not worth a row: scanners do it all day.
      if (reception.passing.head.method !== "HEAD") reception.askedFirst(verdict.why, verdict.answer.status);
      return verdict.answer;
    case "accepted":
      return store(reception, verdict);
    case "uncertain":
      throw new Error("a request at the door lacks nothing, and yet nothing could be told of it");
  }
}

function answerRefusal(reception: Reception, refusal: Refusal): SenderAnswer {
  reception.countSecret();
  reception.refused(refusal, refusal.status);
  return answerRefused(refusal, reception.passing.receiver);
}

/** Told the truth, the program would try again without its mistake. */
function answerTurnedAway(reception: Reception, refusal: Refusal): SenderAnswer {
  const { receiver, readable, head } = reception.passing;
  reception.countSecret();
  const answer = answerAccepted(receiver, readable, newId(head.receivedAt));
  reception.refused(refusal, answer.status);
  return answer;
}

function answerShaken(reception: Reception, handshake: HandshakeAnswer): SenderAnswer {
  const { id, status, headers, body, help, effect } = handshake;
  if (effect !== null) performHandshakeEffect(reception.passing.receiver, effect);
  reception.handshake(id, status, help);
  return answerWith(status, headers, body);
}

async function store(reception: Reception, accepted: Accepted): Promise<SenderAnswer> {
  reception.countSecret();
  const event = reception.toEvent(accepted);
  const { split } = accepted;
  try {
    const outcome = await storeEvent(split.kind === "items" ? toBatch(event, split.items) : event);
    reception.arrival.endTurn();
    switch (outcome.kind) {
      case "stored":
        return await answerStored(reception, outcome);
      case "duplicate":
        return await answerRepeat(reception, accepted, outcome.firstEventId);
      case "endpoint-gone":
        return refuseLate(reception, refuse("endpoint-deleted", "There is no endpoint at this address."));
    }
  } catch (error) {
    if (!isRowRefused(error)) throw error;
    log({ requestId: reception.passing.head.requestId }).error({ error }, "the database refused an event's values");
    return refuseLate(reception, refuse("event-unstorable", "This request holds something that cannot be stored."));
  }
}

/** Refuses what was accepted and then could not become an event; its secret is counted already. */
function refuseLate(reception: Reception, refusal: Refusal): SenderAnswer {
  refusedBy(reception.passing, refusal);
  reception.refused(refusal, refusal.status);
  return answerRefused(refusal, reception.passing.receiver);
}

type Stored = Extract<AcceptOutcome, { kind: "stored" }>;

async function answerStored(reception: Reception, outcome: Stored): Promise<SenderAnswer> {
  const { receiver, readable } = reception.passing;
  const flows = receiver.settings.answer.kind === "flow";
  const computed = flows ? await answerFromFlow(receiver, { ...outcome, sinceMs: reception.arrivedMs }) : null;
  reception.stored(outcome.eventId, outcome.verdict);
  return computed ?? answerAccepted(receiver, readable, outcome.eventId);
}

async function answerRepeat(reception: Reception, { delivery }: Accepted, firstEventId: string): Promise<SenderAnswer> {
  const { receiver, readable } = reception.passing;
  const computed = receiver.settings.answer.kind === "flow" ? await answerOfFirst(receiver, firstEventId) : null;
  const answer = computed ?? answerDuplicate(receiver, readable, firstEventId);
  reception.duplicate(firstEventId, delivery.same, answer.status);
  return answer;
}
