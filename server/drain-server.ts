import type { Server } from "node:http";
import { SECOND } from "#lib/core/units.ts";
import { closeLiveStreams } from "#lib/platform/live-streams.ts";
import { endAnswerWaits } from "#lib/reception/wait-for-answer.ts";

const DRAIN_MS = 5 * SECOND;

/**
 * Stops taking connections, ends the live streams first (an open stream would hold the server for ever), gives waiting
 * senders their fallback, lets requests
 * finish, and cuts what is still open after 5 s.
 */
export async function drainServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  closeLiveStreams();
  endAnswerWaits();
  server.closeIdleConnections();
  const cut = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(cut);
}
