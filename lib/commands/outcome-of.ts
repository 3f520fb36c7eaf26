import { ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";

/** What a server action gives back to its form: the value, or the refusal in plain words with the fields it belongs to. */
export type ActionOutcome<Value> =
  | { kind: "ok"; value: Value }
  | { kind: "refused"; code: string; message: string; problems: ReadonlyArray<{ field: string; message: string }> };

/** Runs a command for a server action. Mistakes of the person become values; faults and redirects stay throws. */
export async function outcomeOf<Value>(work: () => Promise<Value>): Promise<ActionOutcome<Value>> {
  try {
    return { kind: "ok", value: await work() };
  } catch (error) {
    if (error instanceof InvalidInputError) return { kind: "refused", code: "invalid-input", message: error.message, problems: error.problems };
    if (error instanceof ConflictError) return { kind: "refused", code: error.code, message: error.message, problems: [] };
    if (error instanceof ForbiddenError) return { kind: "refused", code: "forbidden", message: error.message, problems: [] };
    if (error instanceof NotFoundError) return { kind: "refused", code: "not-found", message: error.message, problems: [] };
    throw error;
  }
}
