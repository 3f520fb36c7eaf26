import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { runChaos } from "#lib/commands/endpoints/run-chaos.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import type { ChaosNews } from "#lib/views/chaos-views.ts";

export const dynamic = "force-dynamic";

/**
 * Tests an endpoint with { variants, seed } and tells its progress, one JSON object a line; ends when the browser goes
 * away.
 */
export async function POST(
  request: Request,
  { params }: { params: Promise<{ endpointId: string }> },
): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return refuse(401, "You are signed out. Sign in again in another tab.");
  try {
    const { endpointId } = await params;
    const stop = new AbortController();
    const signal = AbortSignal.any([request.signal, stop.signal]);
    const news = await runChaos(actor, endpointId, await request.json(), signal);
    return new Response(toLines(news, stop), {
      headers: {
        "content-type": "application/x-ndjson; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    if (error instanceof InvalidInputError) return refuse(422, error.message);
    if (error instanceof NotFoundError) return refuse(404, error.message);
    if (error instanceof ForbiddenError) return refuse(403, error.message);
    if (error instanceof ConflictError) return refuse(409, error.message);
    if (error instanceof SyntaxError) return refuse(400, "The request is not JSON.");
    throw error;
  }
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status });
}

function toLines(news: AsyncGenerator<ChaosNews>, stop: AbortController): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await news.next();
      if (done) controller.close();
      else controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`));
    },
    async cancel() {
      stop.abort();
      await news.return(undefined);
    },
  });
}
