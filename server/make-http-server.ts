import { createServer, type Server } from "node:http";
import { KIB, SECOND } from "#lib/core/units.ts";

/** The longest a sender may take for its headers, and for its whole request; both end in 408. */
const HEADERS_TIMEOUT_MS = 15 * SECOND;
const REQUEST_TIMEOUT_MS = 30 * SECOND;

/**
 * An HTTP server that does not wait for slow senders. Node looks for them every 30 s unless told to do so more often.
 */
export function makeHttpServer(): Server {
  const server = createServer({
    connectionsCheckingInterval: 1 * SECOND,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 65 * SECOND,
    maxHeaderSize: 16 * KIB,
    noDelay: true,
  });
  server.maxRequestsPerSocket = 0;
  return server;
}
