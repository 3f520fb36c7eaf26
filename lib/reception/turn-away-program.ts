import { newId } from "#lib/core/ids.ts";
import { checkForm, isFormChecked } from "#lib/door/check-form.ts";
import type { Receiver } from "#lib/door/receiver.ts";
import type { SenderAnswer } from "#lib/door/request-head.ts";
import { answerAccepted } from "#lib/door/sender-answers.ts";
import type { Reception } from "#lib/reception/reception.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * Refuses what a program filled in, and answers it as if it had been taken: told the truth, the program would try again
 * without its mistake. The inspector shows the refusal. Null when the request goes on. `known` is what was
 * found already.
 */
export function turnAwayProgram(
  receiver: Receiver,
  reception: Reception,
  request: WebhookRequest,
  known: ReturnType<typeof checkForm> | null = null,
): SenderAnswer | null {
  if (!isFormChecked(receiver.settings)) return null;
  const { checks, refusal } = known ?? checkForm(receiver.settings, request);
  reception.checks.push(...checks);
  if (refusal === null) return null;
  const answer = answerAccepted(receiver, request, newId(reception.head.receivedAt));
  reception.refused({ ...refusal, status: answer.status });
  return answer;
}
