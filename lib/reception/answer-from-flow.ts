import type { WorkspaceId } from "#lib/core/ids.ts";
import type { StoredVerdict } from "#lib/db/accept-events.ts";
import { claimFallback, findEventAnswer, setComputedGiven } from "#lib/db/event-answers.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";
import { answerAsWritten } from "#lib/door/sender-answers.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { type AnswerWait, waitForAnswer } from "#lib/reception/wait-for-answer.ts";

/** How long writing down the fallback may hold it up. */
const CLAIM_MS_MAX = 500;

/** A stored event whose sender waits. `sinceMs`: `performance.now()` when its request had arrived in full. */
export type WaitingEvent = { readonly eventId: string; readonly verdict: StoredVerdict; readonly sinceMs: number };

/**
 * What a flow answers to the sender of a stored event within the endpoint's deadline, or null: then the fallback is to
 * be given, and it is written down that it was. The event is committed before, so nothing here can lose it; never
 * throws.
 */
export async function answerFromFlow(receiver: Receiver, event: WaitingEvent): Promise<SenderAnswer | null> {
  const { answer } = receiver.settings;
  if (answer.kind !== "flow") return null;
  const { workspaceId } = receiver;
  const deadlineMs = event.sinceMs + answer.deadlineMs;
  let outcome: AnswerWait =
    event.verdict === "accepted"
      ? await waitForAnswer(workspaceId, event.eventId, deadlineMs - performance.now())
      : { kind: "fallback", reason: event.verdict === "parked" ? "parked" : "no-flow" };
  const afterMs = Math.round(performance.now() - event.sinceMs);
  if (outcome.kind === "fallback") outcome = await decideForFallback(workspaceId, event.eventId, outcome, afterMs);
  if (outcome.kind === "fallback") {
    metrics().computedAnswers.inc({ given: outcome.reason });
    return null;
  }
  metrics().computedAnswers.inc({ given: "computed" });
  setComputedGiven(workspaceId, event.eventId, afterMs).catch((error: unknown) =>
    log().debug({ error, eventId: event.eventId }, "when an answer was given could not be written down"),
  );
  return answerAsWritten(outcome.answer.status, outcome.answer.headers, outcome.answer.body);
}

/**
 * What a flow answered to the first delivery of a repeated one; null when it did not, or the endpoint lets no flow
 * answer.
 */
export async function answerOfFirst(receiver: Receiver, firstEventId: string): Promise<SenderAnswer | null> {
  if (receiver.settings.answer.kind !== "flow") return null;
  const found = await findEventAnswer(receiver.workspaceId, firstEventId).catch(() => null);
  if (found?.computed == null) return null;
  return answerAsWritten(found.computed.status, found.computed.headers, found.computed.body);
}

/** An answer and the fallback can come at the same moment: the database says which was first. */
async function decideForFallback(
  workspaceId: WorkspaceId,
  eventId: string,
  outcome: Extract<AnswerWait, { kind: "fallback" }>,
  afterMs: number,
): Promise<AnswerWait> {
  const decide = async (): Promise<AnswerWait> => {
    if (await claimFallback(workspaceId, eventId, outcome.reason, afterMs)) return outcome;
    const found = await findEventAnswer(workspaceId, eventId);
    return found?.computed == null ? outcome : { kind: "computed", answer: found.computed };
  };
  const tooLong = Promise.withResolvers<AnswerWait>();
  const timer = setTimeout(() => tooLong.resolve(outcome), CLAIM_MS_MAX);
  try {
    return await Promise.race([decide(), tooLong.promise]);
  } catch (error) {
    log().debug({ error, eventId }, "which answer was given could not be written down");
    return outcome;
  } finally {
    clearTimeout(timer);
  }
}
