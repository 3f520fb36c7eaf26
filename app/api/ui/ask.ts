import { z } from "zod";
import { answerError, readJson } from "#app/api/ui/answer-error.ts";
import { actorFromRequest } from "#lib/auth/require-actor.ts";
import type { Actor } from "#lib/core/actor.ts";
import { parseInput } from "#lib/core/parse-input.ts";

const asked = z.object({ flowId: z.string("A flow is needed."), question: z.unknown() });

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
    const { flowId, question } = parseInput(asked, await readJson(request));
    return Response.json(await answer(actor, flowId, question));
  } catch (error) {
    return answerError(error);
  }
}
