import type { ActionResult } from "#lib/core/action-result.ts";
import { describeError } from "#lib/core/describe-error.ts";

/**
 * Runs what a page's button asked for; the person's own mistakes come back as words, faults (and redirects) go on.
 */
export async function runAction<Value>(work: () => Promise<Value>): Promise<ActionResult<Value>> {
  try {
    return { kind: "ok", value: await work() };
  } catch (error) {
    const described = describeError(error);
    if (described === null) throw error;
    const { code, message, problems } = described;
    return { kind: "refused", code, message, problems };
  }
}
