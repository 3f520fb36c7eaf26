import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { previewStep } from "#lib/commands/preview-step.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { InvalidInputError, NotFoundError } from "#lib/core/errors.ts";

/** POST { flowId, question }: what a step's fields and effect come to with a sample. Nothing is sent. */
export async function POST(request: Request): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return Response.json({ message: "You are signed out. Sign in again in another tab; your text is kept here." }, { status: 401 });
  try {
    const { flowId, question } = (await request.json()) as { flowId: unknown; question: unknown };
    if (typeof flowId !== "string") throw new InvalidInputError([{ field: "flowId", message: "A flow is needed." }]);
    return Response.json(await previewStep(actor, flowId, question));
  } catch (error) {
    return problemResponse(error);
  }
}

function problemResponse(error: unknown): Response {
  if (error instanceof InvalidInputError) return Response.json({ message: error.message, problems: error.problems }, { status: 422 });
  if (error instanceof NotFoundError) return Response.json({ message: error.message }, { status: 404 });
  if (error instanceof ForbiddenError) return Response.json({ message: error.message }, { status: 403 });
  if (error instanceof SyntaxError) return Response.json({ message: "The request is not JSON." }, { status: 400 });
  throw error;
}
