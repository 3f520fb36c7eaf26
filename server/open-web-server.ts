import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { readTarget, readWebhookAddress } from "#lib/door/webhook-address.ts";
import { log } from "#lib/platform/log.ts";
import { setOwnPort } from "#lib/platform/own-address.ts";
import { answerOperations } from "#server/answer-operations.ts";
import { describeArrival, readArrival } from "#server/arrival.ts";
import { drainServer } from "#server/drain-server.ts";
import { answerWebhook } from "#server/fast-door.ts";
import { noteExchange } from "#server/overrun.ts";

/** Answers everything that is neither a webhook nor an operations page. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A server that listens. `stop` lets open requests finish, for 5 s at most. */
export type WebServer = { readonly port: number; stop(): Promise<void> };

/**
 * Puts Hookline's routing onto an HTTP server and starts it; port 0 picks a free one. Throws when the port is taken.
 */
export async function openWebServer(options: {
  httpServer: Server;
  port: number;
  host: string | undefined;
  pages: PageHandler;
}): Promise<WebServer> {
  const { httpServer, pages } = options;
  const handle = (request: IncomingMessage, response: ServerResponse): void => {
    noteExchange(request, response);
    route(request, response, pages).catch((error: unknown) => fail(response, error));
  };
  // With "Expect: 100-continue" a body too large is refused before it is sent; other expectations are passed over.
  httpServer.on("request", handle).on("checkContinue", handle).on("checkExpectation", handle);
  await new Promise<void>((resolve, reject) => {
    httpServer.once("error", reject);
    httpServer.listen(options.port, options.host, () => {
      httpServer.off("error", reject);
      resolve();
    });
  });
  const { port } = httpServer.address() as AddressInfo;
  setOwnPort(port);
  return { port, stop: () => drainServer(httpServer) };
}

/** Others never reach Next: TRACE makes it fail with 500, because a web-standard request may not have that method. */
const PAGE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

async function route(request: IncomingMessage, response: ServerResponse, pages: PageHandler): Promise<void> {
  const arrival = readArrival(request);
  const address = readWebhookAddress(request.url ?? "");
  if (address !== null) return answerWebhook(request, response, address, arrival);

  if (request.headers.expect?.toLowerCase() === "100-continue") response.writeContinue();
  toOriginForm(request);
  if (request.headers.host === undefined && request.httpVersion !== "1.0") {
    response.writeHead(400, { "content-length": 0, connection: "close" }).end();
    return;
  }
  response.setHeader("x-request-id", arrival.requestId);
  // It asks of the server as a whole (RFC 9110 9.3.7); Next takes the star for a path and fails.
  if (request.url === "*") {
    const isAsked = request.method === "OPTIONS";
    response.writeHead(isAsked ? 204 : 400, isAsked ? { allow: [...PAGE_METHODS].join(", ") } : {}).end();
    return;
  }
  const caller = { peerAddress: request.socket.remoteAddress, forwarded: "x-forwarded-for" in request.headers };
  describeArrival(request, arrival);
  if (await answerOperations(request, response, caller, null)) return;
  if (!PAGE_METHODS.has(request.method ?? "")) {
    response.writeHead(405, { allow: [...PAGE_METHODS].join(", "), "content-length": 0, connection: "close" }).end();
    return;
  }
  await pages(request, response);
}

/** RFC 9112 §3.2.2: of an absolute-form target the authority counts, and not the Host header. */
function toOriginForm(request: IncomingMessage): void {
  const { target, authority } = readTarget(request.url ?? "/");
  if (authority === null) return;
  request.url = target;
  request.headers.host = authority;
}

function fail(response: ServerResponse, error: unknown): void {
  log().error({ error }, "a request failed outside its handler");
  if (response.headersSent) response.destroy();
  else response.writeHead(500, { "content-length": 0 }).end();
}
