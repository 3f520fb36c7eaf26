import { randomUUID } from "node:crypto";
import { type Server, STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { type Refusal, refuse } from "#lib/door/refusals.ts";
import type { RequestHead } from "#lib/door/request-head.ts";
import { readWebhookAddress } from "#lib/door/webhook-address.ts";
import { countUnreadable, refuseUnread } from "#lib/reception/refuse-unread.ts";
import { readPeer } from "#server/arrival.ts";
import { exchangeOf, noteOverrun } from "#server/overrun.ts";

/** What Node tells of a request it could not parse. */
type ParseError = Error & { readonly code?: string; readonly reason?: string; readonly rawPacket?: Buffer };

/** Connections that were given up: what else comes on them is part of what was told already. */
const givenUp = new WeakSet<Duplex>();

/**
 * Answers what Node's parser gives up on (no HTTP, too many header bytes, too slow), as Node itself would, and writes
 * it down: at its endpoint where the packet still names one, else as a count. CONNECT is answered with 405.
 */
export function refuseUnparsed(server: Server): void {
  server.on("clientError", (error: ParseError, socket) => {
    const refusal = refusalOf(error);
    const open = exchangeOf(socket);
    if (refusal !== null && givenUp.has(socket)) return;
    givenUp.add(socket);
    if (refusal !== null && open?.request.complete === true && !open.response.writableFinished) {
      noteOverrun(open);
      return;
    }
    if (refusal !== null && open?.request.complete === false) {
      // Whoever reads its body hears that it broke off, and writes that down with what this sender is told.
      if (!open.response.headersSent) open.response.statusCode = refusal.status;
    } else if (refusal !== null) {
      write(error, socket as Socket, refusal);
    }
    const isAnswering = open !== undefined && !open.response.writableEnded && open.response.headersSent;
    if (refusal === null || !socket.writable || isAnswering) socket.destroy();
    else answer(socket, refusal.status);
  });
  server.on("connect", (_request, socket) => {
    countUnreadable("http-malformed");
    answer(socket, 405);
  });
}

/** Null: the connection broke, and there is nobody to tell. */
function refusalOf({ code, reason, message }: ParseError): Refusal | null {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return refuse("headers-too-large", "Its address and headers are larger than any endpoint takes.");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return refuse("too-slow", "The request did not arrive in time.");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { ...refuse("http-malformed", "Its chunk extensions are too long."), status: 413 };
    default:
      if (code?.startsWith("HPE_") !== true) return null;
      return refuse("http-malformed", `It is not valid HTTP: ${reason ?? message}.`);
  }
}

function answer(socket: Duplex, status: number): void {
  const text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`;
  // Whoever was refused may never close its side.
  socket.end(text, () => socket.destroy());
}

/** Read as loosely as senders write it: what the parser took exception to may be in this very line. */
const REQUEST_LINE = /^[\r\n]*([A-Za-z-]{1,20})[ \t]+([!-\xff]+)/;

function write({ rawPacket }: ParseError, socket: Socket, refusal: Refusal): void {
  const [, method = "", target = ""] = REQUEST_LINE.exec(rawPacket?.toString("latin1") ?? "") ?? [];
  const address = readWebhookAddress(target);
  if (address === null) return countUnreadable(refusal.reason);
  const { ip, through, https } = readPeer(socket);
  const head: RequestHead = {
    ...address,
    method,
    headers: [],
    clientIp: ip,
    through,
    https,
    requestId: randomUUID(),
    receivedAt: new Date(),
  };
  void refuseUnread(head, refusal);
}
