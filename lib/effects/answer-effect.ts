import type { AnswerEffect, EffectOutcome } from "#lib/engine/effect.ts";
import type { AnswerFate, EffectContext } from "./effect-context.ts";

const WORDS: Readonly<Record<AnswerFate, string>> = {
  given: "This answer was sent to the sender.",
  "too-late":
    "The sender was no longer waiting and had been given another answer. A repeat of this delivery gets this one.",
  "already-answered": "The sender was already answered by another step; this answer was not used.",
  "nobody-waits":
    "Nobody is waiting for an answer: this run is a replay or a test, or its endpoint does not let flows answer.",
};

/**
 * Answers the sender of the run's event. An answer that reaches nobody is no failure: the step says what became of it.
 */
export async function performAnswer(effect: AnswerEffect, context: EffectContext): Promise<EffectOutcome> {
  const fate = context.place == null ? "nobody-waits" : await context.ports.answerSender(effect, context.place);
  return {
    kind: "done",
    output: { answered: fate === "given", outcome: fate, status: effect.status },
    answer: { message: WORDS[fate] },
  };
}
