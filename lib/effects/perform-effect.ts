import type { Effect, EffectOutcome } from "#lib/engine/effect.ts";
import { SealBroken } from "#lib/platform/seal.ts";
import { performAnswer } from "./answer-effect.ts";
import type { EffectContext } from "./effect-context.ts";
import { performEmail } from "./email-effect.ts";
import { performHttp } from "./http-effect.ts";

/**
 * Does to the world what an effect says, through the egress guard, with secrets filled in last; secrets never come back
 * out. Secrets that do not open (another secret key) hold the step before anything is sent: the key can be brought
 * back.
 */
export async function performEffect(effect: Effect, context: EffectContext): Promise<EffectOutcome> {
  try {
    return await perform(effect, context);
  } catch (error) {
    if (!(error instanceof SealBroken)) throw error;
    const message = `The secrets of this step's connection cannot be decrypted. ${error.message} Nothing was sent.`;
    return { kind: "held", code: "connection-sealed", message, answer: null };
  }
}

async function perform(effect: Effect, context: EffectContext): Promise<EffectOutcome> {
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
