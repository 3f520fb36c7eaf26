import type { Dispatcher } from "undici";
import { findHeaderProblem, type WireHeaders } from "./check-headers.ts";
import { decodeBody } from "./decode-body.ts";
import { type EgressRefusal, EgressRefused } from "./egress-refused.ts";
import { explainConnectFailure } from "./explain-connect-failure.ts";
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
};

/** What became of one HTTP message. Redirects are answers here. */
export type HttpSent =
  | {
      kind: "answered";
      status: number;
      headers: [name: string, value: string][];
      body: Buffer;
      truncated: boolean;
      /**
       * coding: not one Hookline asked for, kept as it came · damaged: the coding broke off · cut-off: the connection
       * did.
       */
      problem: "coding" | "damaged" | "cut-off" | null;
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

const INTERIM_ANSWERS_MAX = 100;
const USER_AGENT = "Hookline";

/**
 * Sends one message through a guarded dispatcher and reads the answer up to its cap. `signal` is the total deadline.
 * Never throws.
 */
export async function sendHttp(dispatcher: Dispatcher, message: HttpMessage, signal: AbortSignal): Promise<HttpSent> {
  let target: HttpTarget;
  try {
    target = parseTarget(message.url);
  } catch (error) {
    if (error instanceof EgressRefused) return { kind: "refused", refusal: error.refusal };
    throw error;
  }
  const problem = findHeaderProblem(message.method, message.headers);
  if (problem !== null) return { kind: "bad-request", message: `${problem} Nothing was sent.` };
  const exchange = new Exchange(message.responseBytesMax, target.host);
  const abort = () => exchange.stop("deadline");
  signal.addEventListener("abort", abort, { once: true });
  try {
    if (signal.aborted) abort();
    else
      dispatcher.dispatch(
        {
          origin: target.origin,
          path: target.path,
          method: message.method,
          headers: wireHeaders(message.headers),
          body: message.body,
        },
        exchange,
      );
    return await exchange.finished;
  } catch (error) {
    return {
      kind: "bad-request",
      message: `The request cannot be sent: ${(error as Error).message}. Nothing was sent.`,
    };
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function wireHeaders(headers: WireHeaders): string[] {
  const kept = headers.filter(([name]) => name.toLowerCase() !== "accept-encoding");
  const agent = kept.some(([name]) => name.toLowerCase() === "user-agent") ? [] : ["user-agent", USER_AGENT];
  return [...kept.flat(), ...agent, "accept-encoding", "gzip, deflate"];
}

/** One message and its answer, as undici reports them. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly finished: Promise<HttpSent>;
  readonly #settle: (sent: HttpSent) => void;
  readonly #bytesMax: number;
  readonly #host: string;
  #controller: Dispatcher.DispatchController | null = null;
  #handedOver = false;
  #stopped: "deadline" | "full" | "interim" | null = null;
  #status = 0;
  #headers: [string, string][] = [];
  #interim = 0;
  #chunks: Buffer[] = [];
  #size = 0;
  #ended = false;

  constructor(bytesMax: number, host: string) {
    const { promise, resolve } = Promise.withResolvers<HttpSent>();
    this.finished = promise;
    this.#settle = resolve;
    this.#bytesMax = bytesMax;
    this.#host = host;
  }

  stop(why: "deadline" | "full" | "interim"): void {
    if (this.#stopped !== null) return;
    this.#stopped = why;
    this.#controller?.abort(new Error(why));
    this.#end(new Error(why));
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.#stopped !== null) controller.abort(new Error(this.#stopped));
    else this.#handedOver = true;
  }

  onResponseStart(controller: Dispatcher.DispatchController, status: number): void {
    if (status < 200) {
      this.#interim += 1;
      if (this.#interim > INTERIM_ANSWERS_MAX) this.stop("interim");
      return;
    }
    this.#status = status;
    this.#headers = pairs(controller.rawHeaders ?? []);
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#size += chunk.length;
    if (this.#size > this.#bytesMax) this.stop("full");
  }

  onResponseEnd(): void {
    this.#end(null);
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#end(error);
  }

  #end(error: Error | null): void {
    if (this.#ended) return;
    this.#ended = true;
    if (this.#status === 0) this.#settle(this.#withoutAnswer(error));
    else void this.#answered(error !== null && this.#stopped !== "full").then(this.#settle);
  }

  async #answered(cutOff: boolean): Promise<HttpSent> {
    const raw = Buffer.concat(this.#chunks);
    const coding = this.#headers
      .filter(([name]) => name.toLowerCase() === "content-encoding")
      .map(([, value]) => value)
      .join(",");
    const decoded = await decodeBody(raw.subarray(0, this.#bytesMax), coding, this.#bytesMax);
    // The pool takes a connection back one turn after its answer ended; a caller that sends at once would open another.
    await new Promise(setImmediate);
    return {
      kind: "answered",
      status: this.#status,
      headers: this.#headers,
      body: decoded.bytes,
      truncated: decoded.truncated || raw.length > this.#bytesMax,
      problem: cutOff ? "cut-off" : decoded.problem,
    };
  }

  #withoutAnswer(error: Error | null): HttpSent {
    const host = this.#host;
    if (error instanceof EgressRefused) return { kind: "refused", refusal: error.refusal };
    if (error instanceof ConnectFailed) return { kind: "not-sent", ...explainConnectFailure(error, host) };
    if (!this.#handedOver)
      return {
        kind: "not-sent",
        code: "connect-timeout",
        message: `No connection to ${host} came about in time. Nothing was sent.`,
        retryable: true,
      };
    if (this.#stopped === "interim")
      return {
        kind: "bad-answer",
        code: "bad-answer",
        message: `${host} keeps sending interim answers and no final one.`,
      };
    if (this.#stopped === "deadline")
      return { kind: "lost", code: "timeout", message: `${host} took the request and did not answer in time.` };
    if (isParserError(error))
      return { kind: "bad-answer", code: "bad-answer", message: `${host} answered with something that is not HTTP.` };
    return {
      kind: "lost",
      code: "connection-lost",
      message: `The connection to ${host} broke after the request was handed over.`,
    };
  }
}

function isParserError(error: Error | null): boolean {
  const code = (error as { code?: unknown } | null)?.code;
  return (
    typeof code === "string" &&
    (code.startsWith("HPE_") || code === "UND_ERR_HEADERS_OVERFLOW" || code === "UND_ERR_RES_CONTENT_LENGTH_MISMATCH")
  );
}

function pairs(raw: readonly (Buffer | string)[] | Record<string, unknown>): [string, string][] {
  if (!Array.isArray(raw)) return [];
  const texts = raw.map((part) => (typeof part === "string" ? part : (part as Buffer).toString("latin1")));
  return texts.flatMap((name, at) => (at % 2 === 0 ? [[name, texts[at + 1] ?? ""] as [string, string]] : []));
}
