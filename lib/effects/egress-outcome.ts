import type { JsonObject } from "#lib/core/json.ts";
import type { EffectOutcome } from "#lib/engine/effect.ts";
import { isHeldCode } from "#lib/engine/held-codes.ts";
import type { EgressRefusal } from "#lib/platform/egress/egress-refused.ts";

/**
 * What a refusal of the egress guard means for an effect of which no byte left: held where a permission or
 * HOOKLINE_EGRESS_ALLOW can let it out, failed where nothing can. `facts` are shown with it.
 */
export function egressOutcome(refusal: EgressRefusal, facts: JsonObject): EffectOutcome {
  const code = `egress-${refusal.reason}`;
  const answer = { ...facts, refusal: { ...refusal } };
  if (isHeldCode(code) && refusal.port !== 0) return { kind: "held", code, message: refusal.message, answer };
  return { kind: "failed", code, message: refusal.message, retryable: false, retryAfterMs: null, answer };
}
