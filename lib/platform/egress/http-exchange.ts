import http from "node:http";
import https from "node:https";
import type net from "node:net";
import type { WireHeaders } from "./check-headers.ts";
import type { Deadline } from "./deadline.ts";
import type { HttpTarget } from "./parse-target.ts";

/** One message as it is written to a connection: `headers` are all there are, in this order. */
export type WireMessage = {
  method: string;
  target: HttpTarget;
  headers: WireHeaders;
  body: Uint8Array | null;
  answerBytesMax: number;
};

/** How one exchange ended, as the connection saw it. */
export type ExchangeEnd = {
  /** 0 = no final answer. */
  status: number;
  headers: [name: string, value: string][];
  /** Raw bytes, at most one chunk over the cap. */
  body: Buffer;
  /** null = the answer came to its end. */
  error: Error | null;
  /** Why this side ended it: its deadline, enough bytes, too many interim answers, or a protocol nobody asked for. */
  stopped: "deadline" | "full" | "interim" | "switched" | null;
  /** The message was given to a connection. */
  handedOver: boolean;
  /**
   * How a kept connection from an earlier call failed without one byte of answer: before anything of this message was
   * written to it, or after. So did one on which a 408 came: it says that the connection had been idle for too long
   * (RFC 9110 15.5.9: the request may be repeated on a new one). null = the connection was new, or something else came
   * back.
   */
  stale: "unwritten" | "unanswered" | null;
};

const INTERIM_ANSWERS_MAX = 100;
const SWITCHING_PROTOCOLS = 101;
const REQUEST_TIMEOUT = 408;
/** Connections that have carried a message before. */
const carried = new WeakSet<net.Socket>();

/**
 * Writes one message and reads its answer. Interim answers (1xx), asked for or not, are read and passed over (RFC 9110
 * 15.2: a client must be able to); 101 alone ends the exchange, because what follows it would not be HTTP.
 * Throws when Node will not write such a message.
 */
export function exchange(agent: http.Agent, message: WireMessage, deadline: Deadline): Promise<ExchangeEnd> {
  const { target } = message;
  const { promise, resolve } = Promise.withResolvers<ExchangeEnd>();
  const end: ExchangeEnd = {
    status: 0,
    headers: [],
    body: Buffer.alloc(0),
    error: null,
    stopped: null,
    handedOver: false,
    stale: null,
  };
  const chunks: Buffer[] = [];
  let bytes = 0;
  let interim = 0;
  let settled = false;
  let before: { reused: boolean; read: number; written: number } | null = null;

  const request = (target.secure ? https : http).request({
    agent,
    host: target.host,
    port: target.port,
    path: target.path,
    method: message.method,
    headers: message.headers.flat(),
  });
  const finish = (error: Error | null): void => {
    if (settled) return;
    settled = true;
    forget();
    end.error = error;
    end.body = Buffer.concat(chunks);
    end.stale = staleness(request.socket, before, end, interim);
    resolve(end);
  };
  const stop = (why: NonNullable<ExchangeEnd["stopped"]>): void => {
    if (settled) return;
    end.stopped = why;
    finish(new Error(why));
    request.destroy();
  };
  const onDeadline = () => stop("deadline");
  const forget = deadline.onOver(onDeadline);
  const onInterim = () => {
    interim += 1;
    if (interim > INTERIM_ANSWERS_MAX) stop("interim");
  };

  request.on("socket", (socket) => {
    end.handedOver = true;
    before = { reused: carried.has(socket), read: socket.bytesRead, written: socket.bytesWritten };
    carried.add(socket);
  });
  // Node tells a 100 by "continue" as well; "information" comes for every 1xx but 101.
  request.on("information", onInterim);
  request.on("upgrade", (_answer, socket) => {
    socket.on("error", () => undefined);
    socket.destroy();
    stop("switched");
  });
  request.on("response", (answer) => {
    answer.on("error", finish);
    // A 101 that names no protocol comes as an answer.
    if (answer.statusCode === SWITCHING_PROTOCOLS) return stop("switched");
    end.status = answer.statusCode ?? 0;
    end.headers = pairs(answer.rawHeaders);
    answer.on("data", (chunk: Buffer) => {
      if (settled) return;
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes > message.answerBytesMax) stop("full");
    });
    answer.on("end", () => finish(null));
  });
  request.on("error", finish);
  request.on("close", () => finish(new Error("closed")));
  if (deadline.isOver) onDeadline();
  else if (message.body === null) request.end();
  else request.end(message.body);
  return promise;
}

function staleness(
  socket: net.Socket | null,
  before: { reused: boolean; read: number; written: number } | null,
  { status, stopped }: ExchangeEnd,
  interim: number,
): ExchangeEnd["stale"] {
  if (socket === null || before === null || !before.reused || stopped !== null) return null;
  if (status === REQUEST_TIMEOUT) return "unanswered";
  if (status !== 0 || interim > 0 || socket.bytesRead !== before.read) return null;
  return socket.bytesWritten === before.written ? "unwritten" : "unanswered";
}

function pairs(raw: readonly string[]): [string, string][] {
  const found: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) found.push([raw[at] ?? "", raw[at + 1] ?? ""]);
  return found;
}
