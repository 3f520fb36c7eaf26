import { answerError, readJson } from "#app/api/ui/answer-error.ts";
import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { runChaos } from "#lib/commands/endpoints/run-chaos.ts";
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
  if (actor === null)
    return Response.json({ message: "You are signed out. Sign in again in another tab." }, { status: 401 });
  try {
    const { endpointId } = await params;
    const stop = new AbortController();
    const signal = AbortSignal.any([request.signal, stop.signal]);
    const news = await runChaos(actor, endpointId, await readJson(request), signal);
    return new Response(toLines(news, stop), {
      headers: {
        "content-type": "application/x-ndjson; charset=utf-8",
        "cache-control": "no-store, no-transform",
        "x-accel-buffering": "no",
      },
    });
  } catch (error) {
    return answerError(error);
  }
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
