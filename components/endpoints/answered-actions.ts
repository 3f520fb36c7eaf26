import type { EndpointActions } from "#components/endpoints/endpoint-actions.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

type Action<Input extends readonly unknown[], Value> = (...input: Input) => Promise<ActionResult<Value>>;

const AWAY =
  "Hookline did not answer. Nothing was changed; what you typed is still here. Try again when the connection is back.";

/** The same actions, which answer in words when the server cannot be reached instead of throwing. */
export function answeredActions(actions: EndpointActions): EndpointActions {
  return {
    update: answered(actions.update),
    rehearse: answered(actions.rehearse),
    inferSchema: answered(actions.inferSchema),
    addSecret: answered(actions.addSecret),
    retireSecret: answered(actions.retireSecret),
    pause: answered(actions.pause),
    remove: answered(actions.remove),
    restore: answered(actions.restore),
    sendSample: answered(actions.sendSample),
    recheck: answered(actions.recheck),
    accept: answered(actions.accept),
    saveSample: answered(actions.saveSample),
    help: {
      testAddress: answered(actions.help.testAddress),
      setPublicAddress: answered(actions.help.setPublicAddress),
      testPublicAddress: answered(actions.help.testPublicAddress),
    },
  };
}

function answered<Input extends readonly unknown[], Value>(action: Action<Input, Value>): Action<Input, Value> {
  return async (...input) => {
    try {
      return await action(...input);
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      return { kind: "refused", code: "unanswered", message: AWAY, problems: [] };
    }
  };
}

/** Next sends people elsewhere by throwing, with a digest that says so; only what never got an answer is ours. */
function isUnanswered(error: unknown): boolean {
  const digest = (error as { digest?: unknown } | null)?.digest;
  return !(typeof digest === "string" && digest.startsWith("NEXT_"));
}
