import type { BodyNote } from "#lib/bodies/body-notes.ts";
import { isTextType, readContentType } from "#lib/bodies/content-type.ts";
import { undoCodings } from "#lib/bodies/undo-codings.ts";
import { byteText, utf8Text } from "#lib/core/utf8-text.ts";
import { findHeaderProblem, type WireHeaders } from "./check-headers.ts";
import type { Deadline } from "./deadline.ts";
import { type EgressRefusal, EgressRefused } from "./egress-refused.ts";
import { explainConnectFailure } from "./explain-connect-failure.ts";
import type { HttpDispatcher } from "./http-agents.ts";
import { type ExchangeEnd, exchange } from "./http-exchange.ts";
import { ConnectFailed } from "./open-checked-socket.ts";
import { type HttpTarget, parseTarget } from "./parse-target.ts";

/**
 * One HTTP message to send: exactly these bytes besides Host, Content-Length, Connection, Accept-Encoding and a missing
 * User-Agent.
 */
export type HttpMessage = {
  method: string;
  url: string;
  headers: WireHeaders;
  body: Uint8Array | null;
  responseBytesMax: number;
  /** Sending it twice is known to do no more than once (it carries a key that says so); reads always are. */
  repeatable?: boolean;
};

/** Methods that change nothing at the target (RFC 9110 9.2.1). */
export const SAFE_METHODS: ReadonlySet<string> = new Set(["GET", "HEAD", "OPTIONS", "QUERY"]);

/**
 * What became of one HTTP message, and whether it went out again because a kept connection had been closed. Redirects
 * are answers here.
 */
export type HttpSent = { reconnected: boolean } & HttpEnd;

type HttpEnd =
  | {
      kind: "answered";
      status: number;
      /** Values in UTF-8 where their bytes are that. */
      headers: [name: string, value: string][];
      body: Buffer;
      truncated: boolean;
      /**
       * coding: not one Hookline asked for, kept as it came · damaged: the coding broke off · cut-off: the connection
       * did.
       */
      problem: "coding" | "damaged" | "cut-off" | null;
      /** What was found out while its codings were undone. */
      notes: readonly BodyNote[];
    }
  | { kind: "refused"; refusal: EgressRefusal }
  /** The message cannot be put on the wire. */
  | { kind: "bad-request"; message: string }
  /** No byte of it left: no connection came about. */
  | { kind: "not-sent"; code: string; message: string; retryable: boolean }
  /** What came back is not HTTP. */
  | { kind: "bad-answer"; code: string; message: string }
  /** It was handed over, and then nothing more was heard. */
  | { kind: "lost"; code: "timeout" | "connection-lost"; message: string };

const USER_AGENT = "Hookline";
const METHODS_WITH_CONTENT: ReadonlySet<string> = new Set(["POST", "PUT", "PATCH"]);

/**
 * Sends one message through guarded connections and reads the answer up to its cap. Never throws.
 *
 * A connection kept from an earlier call may have been closed by the target while nobody used it. Then the message goes
 * out once more, at once, on a new connection: always when nothing of it was written; when it was written and not one
 * byte came back, or a 408, only if it is repeatable (RFC 9110 9.2.2 forbids it for others, whose target may have acted
 * on it).
 */
export async function sendHttp(
  dispatcher: HttpDispatcher,
  message: HttpMessage,
  deadline: Deadline,
): Promise<HttpSent> {
  let target: HttpTarget;
  try {
    target = parseTarget(message.url);
  } catch (error) {
    if (error instanceof EgressRefused) return { kind: "refused", refusal: error.refusal, reconnected: false };
    throw error;
  }
  const problem = findHeaderProblem(message.method, message.headers);
  if (problem !== null) return { kind: "bad-request", message: `${problem} Nothing was sent.`, reconnected: false };
  const { method, body, responseBytesMax: answerBytesMax } = message;
  const wire = { method, target, headers: wireHeaders(message, target), body, answerBytesMax };
  const repeatable = message.repeatable === true || SAFE_METHODS.has(method.toUpperCase());
  try {
    let end = await exchange(dispatcher.kept(target.secure), wire, deadline);
    const reconnected = !deadline.isOver && (end.stale === "unwritten" || (end.stale === "unanswered" && repeatable));
    if (reconnected) end = await exchange(dispatcher.fresh(target.secure), wire, deadline);
    return { ...(await readEnd(end, target, answerBytesMax)), reconnected };
  } catch (error) {
    const words = `The request cannot be sent: ${(error as Error).message}. Nothing was sent.`;
    return { kind: "bad-request", message: words, reconnected: false };
  }
}

/**
 * Every header in wire order, values in UTF-8. Host and length are written here because the message says exactly what
 * goes out.
 */
function wireHeaders({ method, headers, body }: HttpMessage, target: HttpTarget): [string, string][] {
  const kept = headers
    .filter(([name]) => name.toLowerCase() !== "accept-encoding")
    .map(([name, value]): [string, string] => [name, byteText(value)]);
  const names = new Set(kept.map(([name]) => name.toLowerCase()));
  const length = body === null ? (METHODS_WITH_CONTENT.has(method.toUpperCase()) ? 0 : null) : body.length;
  return [
    ["host", target.authority],
    ["connection", "keep-alive"],
    ...kept,
    ...(names.has("user-agent") ? [] : [["user-agent", USER_AGENT] as [string, string]]),
    ["accept-encoding", "gzip, deflate"],
    ...(length === null ? [] : [["content-length", String(length)] as [string, string]]),
  ];
}

async function readEnd(end: ExchangeEnd, target: HttpTarget, bytesMax: number): Promise<HttpEnd> {
  if (end.status === 0) return withoutAnswer(end, target.host);
  const coding = end.headers
    .filter(([name]) => name.toLowerCase() === "content-encoding")
    .map(([, value]) => value)
    .join(",");
  const inputIsCut = end.body.length > bytesMax;
  // Brotli is never asked for: its decoder in Node is not trusted with what a stranger sends.
  const type = end.headers.find(([name]) => name.toLowerCase() === "content-type")?.[1];
  const isText = isTextType(readContentType(type).type);
  const limits = { bytesMax, inputIsCut, without: "br", isText } as const;
  const decoded = await undoCodings(end.body.subarray(0, bytesMax), coding, limits);
  // The agent takes a connection back one turn after its answer ended; a caller that sends at once would open another.
  await new Promise(setImmediate);
  return {
    kind: "answered",
    status: end.status,
    headers: end.headers.map(([name, value]) => [name, utf8Text(value)]),
    body: Buffer.from(decoded.bytes.buffer, decoded.bytes.byteOffset, decoded.bytes.byteLength),
    truncated: decoded.cut || inputIsCut,
    problem: end.error !== null && end.stopped !== "full" ? "cut-off" : PROBLEMS[decoded.problem?.kind ?? "none"],
    notes: decoded.notes,
  };
}

const PROBLEMS = { none: null, broken: "damaged", unasked: "coding" } as const;

function withoutAnswer({ error, handedOver, stopped }: ExchangeEnd, host: string): HttpEnd {
  if (error instanceof EgressRefused) return { kind: "refused", refusal: error.refusal };
  if (error instanceof ConnectFailed) return { kind: "not-sent", ...explainConnectFailure(error, host) };
  if (!handedOver)
    return {
      kind: "not-sent",
      code: "connect-timeout",
      message: `No connection to ${host} was made in time. Nothing was sent.`,
      retryable: true,
    };
  const badAnswer = (message: string): HttpEnd => ({ kind: "bad-answer", code: "bad-answer", message });
  if (stopped === "interim") return badAnswer(`${host} keeps sending interim answers and no final one.`);
  if (stopped === "switched")
    return badAnswer(
      `${host} answered 101 Switching Protocols, which nobody asked for: what it would say after that is not ` +
        "HTTP, so there is no answer.",
    );
  if (stopped === "deadline")
    return { kind: "lost", code: "timeout", message: `${host} took the request and did not answer in time.` };
  if (isParserError(error)) return badAnswer(`${host} answered with something that is not HTTP.`);
  return {
    kind: "lost",
    code: "connection-lost",
    message: `The connection to ${host} broke after the request was handed over.`,
  };
}

function isParserError(error: Error | null): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "string" && code.startsWith("HPE_");
}
