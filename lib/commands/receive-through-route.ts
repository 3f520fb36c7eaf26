import { randomBytes } from "node:crypto";
import { receiveEvent } from "#lib/commands/receive-event.ts";
import { doorKey } from "#lib/platform/door-key.ts";
import type { BodyReading, RequestHead } from "#lib/receive/request-head.ts";

/**
 * Takes a webhook that reached a route handler; the same command as the fast door, the same answers. Two things differ,
 * both Next's doing: headers come joined and in lower case, and the query is written anew (`%20` becomes `+`), which
 * only senders that sign the address with its query notice.
 */
export async function receiveThroughRoute(request: Request, token: string): Promise<Response> {
  const { pathname, search } = new URL(request.url);
  const ours = isFromOurServer(request.headers);
  const head: RequestHead = {
    token,
    method: request.method,
    target: pathname + search,
    headers: [...request.headers].filter(([name]) => !name.startsWith("x-hookline-")),
    clientIp: ours ? request.headers.get("x-hookline-client-ip") : null,
    through: null,
    https: ours ? request.headers.get("x-hookline-scheme") === "https" : request.url.startsWith("https:"),
    requestId: (ours ? request.headers.get("x-hookline-request-id") : null) ?? randomBytes(9).toString("base64url"),
    receivedAt: new Date(),
  };
  const answer = await receiveEvent(head, (bytesMax) => readBody(request, bytesMax));
  const headers = new Headers(answer.headers.map(([name, value]) => [name, value] as [string, string]));
  headers.set("x-request-id", head.requestId);
  headers.delete("connection");
  const bodyless = request.method === "HEAD" || answer.status === 204 || answer.status === 205;
  return new Response(bodyless ? null : answer.body, { status: answer.status, headers });
}

/** Without our server in front nobody vouches for these headers, and a sender could write them itself. */
function isFromOurServer(headers: Headers): boolean {
  return headers.get("x-hookline-door") === doorKey();
}

async function readBody(request: Request, bytesMax: number): Promise<BodyReading> {
  if (request.body === null) return { kind: "whole", body: new Uint8Array(0) };
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return { kind: "whole", body: Buffer.concat(chunks) };
      bytes += value.byteLength;
      chunks.push(value);
      if (bytes <= bytesMax) continue;
      await reader.cancel();
      return { kind: "too-large", cut: Buffer.concat(chunks).subarray(0, bytesMax), bytesSeen: bytes };
    }
  } catch {
    return { kind: "broken" };
  }
}
