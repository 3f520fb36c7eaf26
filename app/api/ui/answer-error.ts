import { describeError } from "#lib/core/describe-error.ts";
import { NotJsonError } from "#lib/core/errors.ts";

/**
 * The answer of a page's own route to an expected refusal: status, words and the wrong fields. Faults are thrown on.
 */
export function answerError(error: unknown): Response {
  const described = describeError(error);
  if (described === null) throw error;
  const { status, code, message, problems } = described;
  return Response.json({ code, message, problems }, { status });
}

/** The JSON of a request. Throws NotJsonError. */
export async function readJson(request: Request): Promise<unknown> {
  try {
    return await request.json();
  } catch {
    throw new NotJsonError();
  }
}
