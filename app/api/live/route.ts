import { actorFromRequest } from "#lib/auth/require-actor.ts";
import { personOf } from "#lib/core/actor.ts";
import { parseTopics } from "#lib/core/live-topics.ts";
import { openLiveStream } from "#lib/loaders/live-stream.ts";
import { mayOpenStream, STREAMS_PER_PERSON_MAX } from "#lib/platform/live-streams.ts";

export const dynamic = "force-dynamic";

/** The live stream of one browser: `?topics=a,b` of its own workspace, as server-sent events. */
export async function GET(request: Request): Promise<Response> {
  const actor = await actorFromRequest(request);
  if (actor === null) return new Response(null, { status: 401 });
  const topics = parseTopics(new URL(request.url).searchParams.get("topics") ?? "");
  if (topics === null) return new Response("topics names something that is not a topic.\n", { status: 422 });
  const person = personOf(actor);
  if (!mayOpenStream(person))
    return new Response(`You have ${STREAMS_PER_PERSON_MAX} live pages open already. Close some, then try again.\n`, {
      status: 429,
      headers: { "retry-after": "10", "content-type": "text/plain; charset=utf-8" },
    });

  const stillAllowed = async (): Promise<boolean> => {
    const now = await actorFromRequest(request);
    return now !== null && now.id === actor.id && now.workspaceId === actor.workspaceId;
  };
  return new Response(
    openLiveStream({ workspaceId: actor.workspaceId, person, topics, stillAllowed, signal: request.signal }),
    {
      headers: {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        // nginx would hold the stream back until its buffer is full.
        "x-accel-buffering": "no",
      },
    },
  );
}
