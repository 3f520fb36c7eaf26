import type { Actor } from "#lib/core/actor.ts";
import type { RequestVerdict } from "#lib/core/states.ts";
import { findMarkedRequest, type MarkedRequest } from "#lib/db/arrivals.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { DeliveryAnswer } from "#lib/platform/deliver-exactly.ts";
import { TEST_MARK_HEADER } from "#lib/platform/test-mark.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import type { ChaosResult } from "#lib/views/chaos-views.ts";
import type { ChaosDelivery } from "#lib/webhooks/chaos-deliveries.ts";
import { isExpectedStatus } from "#lib/webhooks/judge-chaos.ts";

/** One delivery of a test with its mark and what came back. */
export type SentDelivery = { index: number; delivery: ChaosDelivery; mark: string; answer: DeliveryAnswer };

/**
 * Says how a delivery of a test ended by what the door wrote down about it, which no answer the owner chose can hide;
 * where nothing was written, by the answer's status.
 */
export async function judgeDelivery(actor: Actor, receiver: Receiver, sent: SentDelivery): Promise<ChaosResult> {
  const { index, delivery, mark, answer } = sent;
  // Refusals and duplicates are written a fifth of a second later otherwise.
  await flushRecords();
  const request = await findMarkedRequest(actor.workspaceId, receiver.endpointId, TEST_MARK_HEADER, mark);
  const status = answer.kind === "answered" ? answer.status : null;
  const judged =
    request === null
      ? {
          outcome: isExpectedStatus(delivery.expected, status) ? ("as-expected" as const) : ("unexpected" as const),
          note: null,
        }
      : judge(delivery.expected, request);
  return {
    ...judged,
    index,
    variant: delivery.variant,
    what: delivery.what,
    expected: delivery.expected,
    status,
    ms: answer.kind === "answered" ? Math.round(answer.ms) : null,
    answer: answer.kind === "answered" ? answer.body.trim() : `no answer (${answer.message})`,
    request:
      request === null ? null : { id: request.id, verdict: request.verdict as RequestVerdict, reason: request.reason },
  };
}

/** Refusals that say nothing about the signature: they would have stopped a genuine delivery as well. */
const EARLIER: readonly string[] = ["method-not-allowed", "https-required", "address-not-allowed", "rate-limited"];

function judge(
  expected: ChaosDelivery["expected"],
  { verdict, verification, reason, message }: MarkedRequest,
): Pick<ChaosResult, "outcome" | "note"> {
  const refused = verdict === "refused";
  const right = (is: boolean): Pick<ChaosResult, "outcome" | "note"> => ({
    outcome: is ? "as-expected" : "unexpected",
    note: null,
  });
  if (refused && reason !== null && EARLIER.includes(reason)) return { outcome: "stopped", note: message };
  switch (expected) {
    case "too-large":
      return right(reason === "body-too-large");
    case "refused":
      return right(refused);
    case "accepted-once":
      if (verdict === "duplicate") return right(true);
      if (!refused)
        return {
          outcome: "stopped",
          note: "Stored twice: nothing in this delivery says that it is the same one, and that is never guessed.",
        };
      return right(false);
    case "accepted":
      if (verdict === "duplicate")
        return { outcome: "as-expected", note: "Sent before with this seed, so it started nothing." };
      // The signature was fine: a rule the owner made (schema, form check …) refused it.
      return refused && verification !== "not verified" ? { outcome: "stopped", note: message } : right(!refused);
  }
}
