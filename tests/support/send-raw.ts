import { request } from "node:http";

/**
 * A request down to its bytes. `headers` are sent in this order and case; Host is added, and Content-Length unless they
 * ask for chunks.
 */
export type RawRequest = {
  readonly method: string;
  readonly target: string;
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>;
  readonly body: Uint8Array;
};

/** An answer down to its bytes. */
export type RawAnswer = {
  readonly status: number;
  readonly headers: ReadonlyArray<readonly [string, string]>;
  readonly body: Buffer;
};

/** Sends a request on a connection of its own, without a client that adds, decodes or rewrites anything. */
export function sendRaw(origin: string, { method, target, headers, body }: RawRequest): Promise<RawAnswer> {
  const { hostname, port } = new URL(origin);
  const bodyless =
    method === "GET" || method === "HEAD" || method === "OPTIONS" || method === "DELETE" || method === "TRACE";
  const chunked = headers.some(([name]) => name.toLowerCase() === "transfer-encoding");
  const sized = chunked || (bodyless && body.byteLength === 0) ? [] : ["content-length", String(body.byteLength)];
  return new Promise((resolve, reject) => {
    const sent = request({
      agent: false,
      hostname,
      port,
      method,
      path: target,
      headers: ["host", "hooks.example.com", ...headers.flat(), ...sized],
    });
    sent.setTimeout(20_000, () => sent.destroy(new Error("no answer within 20 s")));
    sent.on("error", reject);
    sent.on("response", (response) => {
      const chunks: Buffer[] = [];
      response.on("data", (chunk: Buffer) => chunks.push(chunk));
      response.on("error", reject);
      response.on("end", () =>
        resolve({ status: response.statusCode ?? 0, headers: pairs(response.rawHeaders), body: Buffer.concat(chunks) }),
      );
    });
    sent.end(body.byteLength === 0 ? undefined : body);
  });
}

/** The value of a header of an answer sent exactly once; undefined otherwise. */
export function headerOf(answer: RawAnswer, name: string): string | undefined {
  const found = answer.headers.filter(([sent]) => sent.toLowerCase() === name);
  return found.length === 1 ? found[0]?.[1] : undefined;
}

function pairs(raw: readonly string[]): Array<[string, string]> {
  return Array.from({ length: raw.length >> 1 }, (_, n) => [raw[2 * n] ?? "", raw[2 * n + 1] ?? ""]);
}
