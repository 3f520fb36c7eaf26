import { wordsOfFailure } from "#components/ui/failure-words.ts";
import type { ActionResult } from "#lib/core/action-result.ts";

/** Asks the server; never throws: what comes to nothing (a lost connection, an ended session) is a refusal in words. */
export async function askServer<Value>(ask: () => Promise<ActionResult<Value>>): Promise<ActionResult<Value>> {
  try {
    return await ask();
  } catch (error) {
    return { kind: "refused", code: "no-answer", message: wordsOfFailure(error, navigator.onLine), problems: [] };
  }
}
