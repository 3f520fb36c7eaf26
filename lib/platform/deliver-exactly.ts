import http from "node:http";
import https from "node:https";
import { setTimeout as wait } from "node:timers/promises";
import { SECOND } from "#lib/core/units.ts";

/** Exactly these bytes to exactly this URL; `slow` sends the body in small pieces over two seconds. */
export type ExactDelivery = {
  method: string;
  url: string;
  headers: ReadonlyArray<readonly [name: string, value: string]>;
  body: Uint8Array;
  slow: boolean;
};

/** What came back; `body` is cut to 200 characters. */
export type DeliveryAnswer =
  | { readonly kind: "answered"; readonly status: number; readonly body: string; readonly ms: number }
  | { readonly kind: "nothing"; readonly message: string };

const ANSWER_MS_MAX = 30 * SECOND;
const ANSWER_CHARACTERS_MAX = 200;
const SLOW_PIECES = 8;
const SLOW_PAUSE_MS = 250;

/**
 * Sends a delivery as its sender would, header spelling and order included, and reads the answer's beginning. It goes
 * past the egress guard: only for addresses the caller knows to be this machine's own server, or that a person typed at
 * a prompt. Never throws.
 */
export function deliverExactly(
  { method, url, headers, body, slow }: ExactDelivery,
  signal?: AbortSignal,
): Promise<DeliveryAnswer> {
  const started = performance.now();
  const { promise, resolve } = Promise.withResolvers<DeliveryAnswer>();
  const deadline = AbortSignal.timeout(ANSWER_MS_MAX);
  const all = [["Host", new URL(url).host] as const, ...headers, ["Content-Length", String(body.byteLength)] as const];
  const sent = (url.startsWith("https:") ? https : http).request(url, {
    method,
    headers: all.flat(),
    agent: false,
    signal: signal === undefined ? deadline : AbortSignal.any([deadline, signal]),
  });
  sent.on("response", async (response) => {
    let text = "";
    try {
      for await (const chunk of response) if (text.length < ANSWER_CHARACTERS_MAX) text += String(chunk);
    } catch {
      // The status line is the answer; a body that breaks off changes nothing about it.
    }
    resolve({
      kind: "answered",
      status: response.statusCode ?? 0,
      body: text.slice(0, ANSWER_CHARACTERS_MAX),
      ms: performance.now() - started,
    });
  });
  sent.on("error", (error) => resolve({ kind: "nothing", message: error.message }));
  void write(sent, body, slow);
  return promise;
}

async function write(sent: http.ClientRequest, body: Uint8Array, slow: boolean): Promise<void> {
  if (slow) {
    const size = Math.max(1, Math.ceil(body.byteLength / SLOW_PIECES));
    for (let start = 0; start < body.byteLength && !sent.destroyed; start += size) {
      sent.write(body.subarray(start, start + size));
      await wait(SLOW_PAUSE_MS);
    }
    sent.end();
  } else sent.end(body);
}
