import type { WorkspaceId } from "#lib/core/ids.ts";
import { SECOND } from "#lib/core/units.ts";
import { listenLive } from "#lib/db/live.ts";
import { registerLiveStream } from "#lib/platform/live-streams.ts";

/** Proxies and browsers drop a connection that says nothing. */
const HEARTBEAT_MS = 15 * SECOND;

/** How often the session behind a stream is checked again; it ends within 5 s of being revoked. */
const CHECK_MS = 1.5 * SECOND;

/** What one live stream shows, to whom, and until when. */
export type LiveStreamOptions = {
  readonly workspaceId: WorkspaceId;
  /** Who reads it, as `personOf` names them: each may have so many. */
  readonly person: string;
  readonly topics: readonly string[];
  readonly stillAllowed: () => Promise<boolean>;
  readonly signal: AbortSignal;
};

/**
 * Server-sent events of one browser: `news` with the topics that changed (`["*"]` when some may have been missed), a
 * comment every 15 s. Ends when the browser goes, the session ends or the server stops; leaves nothing behind.
 */
export function openLiveStream(options: LiveStreamOptions): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let close = (): void => undefined;
  return new ReadableStream<Uint8Array>({
    start(controller) {
      const send = (text: string): void => {
        // A browser that does not read must not fill our memory: it starts again and reads everything.
        if ((controller.desiredSize ?? 0) < -100) close();
        else controller.enqueue(encoder.encode(text));
      };
      const stopListening = listenLive((news) => {
        const topics = news === null ? ["*"] : ownTopics(news, options);
        if (topics.length > 0) send(`event: news\ndata: ${JSON.stringify(topics)}\n\n`);
      });
      const heartbeat = setInterval(() => send(": still here\n\n"), HEARTBEAT_MS);
      const check = setInterval(() => {
        options.stillAllowed().then(
          (allowed) => {
            if (!allowed) close();
          },
          () => undefined,
        );
      }, CHECK_MS);
      let open = true;
      close = () => {
        if (!open) return;
        open = false;
        clearInterval(heartbeat);
        clearInterval(check);
        stopListening();
        forget();
        options.signal.removeEventListener("abort", close);
        try {
          controller.close();
        } catch {
          // Already cancelled by the reader.
        }
      };
      const forget = registerLiveStream(options.person, close);
      options.signal.addEventListener("abort", close);
      if (options.signal.aborted) close();
      else send("retry: 1000\n\n");
    },
    cancel() {
      close();
    },
  });
}

function ownTopics(news: { workspaceId: string; topics: readonly string[] }, options: LiveStreamOptions): string[] {
  if (news.workspaceId !== options.workspaceId) return [];
  return news.topics.includes("*") ? ["*"] : news.topics.filter((topic) => options.topics.includes(topic));
}
