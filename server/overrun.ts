import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { countUnreadable } from "#lib/reception/refuse-unread.ts";

/** One request and its answer on a connection. */
export type Exchange = { readonly request: IncomingMessage; readonly response: ServerResponse };

const exchanges = new WeakMap<Duplex, Exchange>();
/** Requests after which came bytes that are no request, before they were answered. */
const overrun = new WeakSet<IncomingMessage>();

/** Remembers what a connection is busy with, in case what follows on it cannot be parsed. */
export function noteExchange(request: IncomingMessage, response: ServerResponse): void {
  exchanges.set(request.socket, { request, response });
}

/** The newest request of a connection. */
export function exchangeOf(socket: Duplex): Exchange | undefined {
  return exchanges.get(socket);
}

/**
 * Bytes that are no request follow one that is whole by its own account: most likely its Content-Length is missing or
 * counts characters. It gets its own answer, the last on this connection: a refusal while its body is being read, and
 * else what was decided. What followed is counted unless that refusal tells of it.
 */
export function noteOverrun({ request, response }: Exchange): void {
  const { socket } = request;
  overrun.add(request);
  response.shouldKeepAlive = false;
  response.once("close", () => {
    if (takeOverrun(request)) countUnreadable("http-malformed");
    socket.destroySoon();
  });
}

/** Whether bytes that are no request came after this one; whoever asks tells of it. */
export function takeOverrun(request: IncomingMessage): boolean {
  return overrun.delete(request);
}
