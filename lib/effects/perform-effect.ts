import type { Effect, EffectOutcome } from "#lib/engine/effect.ts";
import { performAnswer } from "./answer-effect.ts";
import type { EffectContext } from "./effect-context.ts";
import { performEmail } from "./email-effect.ts";
import { performHttp } from "./http-effect.ts";

/**
 * Does to the world what an effect says, through the egress guard, with secrets filled in last; secrets never come back
 * out.
 */
export async function performEffect(effect: Effect, context: EffectContext): Promise<EffectOutcome> {
  switch (effect.kind) {
    case "http":
      return performHttp(effect, context);
    case "email":
      return performEmail(effect, context);
    case "answer":
      return performAnswer(effect, context);
    case "value":
      return { kind: "done", output: effect.output, answer: null };
  }
}
