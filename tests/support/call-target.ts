import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** One call as it arrived: header names as sent, exact body bytes. */
export type ReceivedCall = { method: string; path: string; headers: Record<string, string>; body: Buffer };

/** A real HTTP server on loopback that keeps every call. */
export type CallTarget = { url: string; calls: ReceivedCall[]; stop(): Promise<void> };

/** Starts it; `answer` gives status and JSON for a call, 200 and {} when left out. */
export async function startCallTarget(
  answer?: (call: ReceivedCall, number: number) => { status: number; json: unknown },
): Promise<CallTarget> {
  const calls: ReceivedCall[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const headers = Object.fromEntries(
      Object.entries(request.headersDistinct).map(([name, values]) => [name, (values ?? []).join(", ")]),
    );
    const call = { method: request.method ?? "", path: request.url ?? "", headers, body: Buffer.concat(chunks) };
    calls.push(call);
    const { status, json } = answer?.(call, calls.length) ?? { status: 200, json: {} };
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(json));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
