import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { type Actor, ForbiddenError } from "#lib/core/actor.ts";
import { InvalidInputError, NotFoundError } from "#lib/core/errors.ts";

/**
 * Answers a question of the builder, { flowId, question }, as the signed-in member; expected refusals become words and
 * a status.
 */
export async function answerQuestion(
  request: Request,
  answer: (actor: Actor, flowId: string, question: unknown) => Promise<unknown>,
): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null)
    return Response.json(
      { message: "You are signed out. Sign in again in another tab; your text is kept here." },
      { status: 401 },
    );
  try {
    const { flowId, question } = (await request.json()) as { flowId: unknown; question: unknown };
    if (typeof flowId !== "string") throw new InvalidInputError([{ field: "flowId", message: "A flow is needed." }]);
    return Response.json(await answer(actor, flowId, question));
  } catch (error) {
    if (error instanceof InvalidInputError)
      return Response.json({ message: error.message, problems: error.problems }, { status: 422 });
    if (error instanceof NotFoundError) return Response.json({ message: error.message }, { status: 404 });
    if (error instanceof ForbiddenError) return Response.json({ message: error.message }, { status: 403 });
    if (error instanceof SyntaxError) return Response.json({ message: "The request is not JSON." }, { status: 400 });
    throw error;
  }
}
