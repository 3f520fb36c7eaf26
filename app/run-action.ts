import type { ActionResult } from "#lib/core/action-result.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { SealBroken } from "#lib/platform/seal.ts";

/** Runs what a page's button asked for; the person's own mistakes come back as words, faults (and redirects) go on. */
export async function runAction<Value>(work: () => Promise<Value>): Promise<ActionResult<Value>> {
  try {
    return { kind: "ok", value: await work() };
  } catch (error) {
    if (error instanceof InvalidInputError)
      return { kind: "refused", code: "invalid-input", message: error.message, problems: error.problems };
    if (error instanceof ConflictError) return refused(error.code, error.message);
    if (error instanceof NotFoundError) return refused("not-found", error.message);
    if (error instanceof ForbiddenError) return refused("forbidden", error.message);
    if (error instanceof SealBroken) return refused("sealed", error.message);
    throw error;
  }
}

function refused(code: string, message: string): ActionResult<never> {
  return { kind: "refused", code, message, problems: [] };
}
