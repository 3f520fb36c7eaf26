import { withCors } from "#lib/door/cors.ts";
import { judgeUnread } from "#lib/door/judge-request.ts";
import { beginPassing } from "#lib/door/passing.ts";
import type { Refusal, RefusalReason } from "#lib/door/refusals.ts";
import type { RequestHead, SenderAnswer } from "#lib/door/request-head.ts";
import { answerUnavailable, answerUnknown } from "#lib/door/sender-answers.ts";
import { log } from "#lib/platform/log.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { conclude } from "#lib/reception/conclude.ts";
import { DOOR_PORTS } from "#lib/reception/door-ports.ts";
import { loadReceiver } from "#lib/reception/load-receiver.ts";
import { Reception } from "#lib/reception/reception.ts";

const RETRY_AFTER_SECONDS = 2;

/**
 * Refuses a request of which no more than its head is known, and writes it down at its endpoint, within the endpoint's
 * rate. Never throws.
 */
export async function refuseUnread(head: RequestHead, refusal: Refusal): Promise<SenderAnswer> {
  const startedMs = performance.now();
  try {
    const receiver = await loadReceiver(head.token);
    if (receiver === null) {
      metrics().unknownTokens.inc();
      return answerUnknown();
    }
    const passing = beginPassing(receiver, head, DOOR_PORTS, null);
    return withCors(receiver, head, await conclude(new Reception(passing, startedMs), judgeUnread(passing, refusal)));
  } catch (error) {
    log({ requestId: head.requestId }).warn({ error }, "a request that could not be read was not written down");
    countUnreadable(refusal.reason);
    return answerUnavailable(RETRY_AFTER_SECONDS);
  }
}

/** Counts a request of which nobody can say whose it was. */
export function countUnreadable(reason: RefusalReason): void {
  metrics().unreadableRequests.inc({ reason });
}
