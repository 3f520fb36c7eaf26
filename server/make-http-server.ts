import { createServer, type Server } from "node:http";
import { KIB, SECOND } from "#lib/core/units.ts";
import { readWebhookAddress } from "#lib/door/webhook-address.ts";
import { refuseUnparsed } from "#server/refuse-unparsed.ts";

/** The longest a sender may take for its headers, and for its whole request; both end in 408. */
const HEADERS_TIMEOUT_MS = 15 * SECOND;
const REQUEST_TIMEOUT_MS = 30 * SECOND;

/**
 * Where the parser gives up on a request's head. An endpoint takes less (`HEADER_BYTES_MAX`): between the two a request
 * is refused with its row, beyond it the endpoint is known only where the first packet names it.
 */
const HEAD_BYTES_MAX = 256 * KIB;

/**
 * An HTTP server that does not wait for slow senders. Node looks for them every 30 s unless told to do so more often.
 */
export function makeHttpServer(): Server {
  const server: Server = createServer({
    connectionsCheckingInterval: 1 * SECOND,
    headersTimeout: HEADERS_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    keepAliveTimeout: 65 * SECOND,
    maxHeaderSize: HEAD_BYTES_MAX,
    noDelay: true,
    // A request without a host is answered, and written down, like every other.
    requireHostHeader: false,
    // Next listens for upgrades, and what is upgraded is no request any more: Java's client asks for h2c at each POST.
    shouldUpgradeCallback: (request) =>
      readWebhookAddress(request.url ?? "") === null && server.listenerCount("upgrade") > 0,
  });
  server.maxRequestsPerSocket = 0;
  // Bounded in bytes. Node drops what is beyond 2,000 without a word.
  server.maxHeadersCount = 0;
  refuseUnparsed(server);
  return server;
}
