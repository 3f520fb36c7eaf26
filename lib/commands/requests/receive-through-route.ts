import { randomBytes } from "node:crypto";
import { receiveEvent } from "#lib/commands/requests/receive-event.ts";
import { answerContent } from "#lib/door/answer-content.ts";
import {
  type AskRoom,
  type BodyReading,
  headerPairs,
  type RequestHead,
  UNASKED_BYTES_MAX,
} from "#lib/door/request-head.ts";
import { readWebhookAddress } from "#lib/door/webhook-address.ts";
import { cameThroughOurDoor } from "#lib/platform/door-key.ts";
import { readRawHead } from "#lib/platform/raw-head.ts";
import { arrivalTime } from "#lib/reception/arrival-time.ts";

/**
 * Takes a webhook that reached a route handler; the same command as the fast door, the same answers. Its head is taken
 * as it came over the wire where `instrumentation.ts` kept it. Where a host kept nothing, Next's own doing shows:
 * headers joined and in lower case, the query written anew (`%20` becomes `+`). The body of a GET never comes this far.
 */
export async function receiveThroughRoute(request: Request, token: string): Promise<Response> {
  const receivedAt = await arrivalTime();
  const head = sentHead(request, receivedAt) ?? rewrittenHead(request, token, receivedAt);
  const answer = await receiveEvent(head, (bytesMax, askRoom) => readBody(request, bytesMax, askRoom));
  const headers = new Headers(answer.headers.map(([name, value]) => [name, value] as [string, string]));
  headers.set("x-request-id", head.requestId);
  headers.delete("connection");
  const bodyless = request.method === "HEAD" || answer.status === 204 || answer.status === 205;
  // As bytes: to a text, even an empty one, a Response adds a content type of its own.
  return new Response(bodyless ? null : Buffer.from(answerContent(answer)), { status: answer.status, headers });
}

function sentHead(request: Request, receivedAt: Date): RequestHead | null {
  const raw = readRawHead(request.headers);
  if (raw === null) return null;
  const address = readWebhookAddress(raw.target);
  if (address === null) return null;
  return {
    ...address,
    method: request.method,
    headers: headerPairs(raw.headers),
    clientIp: raw.ip,
    through: raw.through,
    https: raw.https,
    requestId: raw.requestId,
    receivedAt,
  };
}

function rewrittenHead(request: Request, token: string, receivedAt: Date): RequestHead {
  const { pathname, search } = new URL(request.url);
  const ours = cameThroughOurDoor(request.headers);
  const sent = pathname + search;
  return {
    ...(readWebhookAddress(sent) ?? { token, target: sent, appended: "" }),
    method: request.method,
    headers: [...request.headers].filter(([name]) => !name.startsWith("x-hookline-")),
    clientIp: ours ? request.headers.get("x-hookline-client-ip") : null,
    through: null,
    https: ours ? request.headers.get("x-hookline-scheme") === "https" : request.url.startsWith("https:"),
    requestId: (ours ? request.headers.get("x-hookline-request-id") : null) ?? randomBytes(9).toString("base64url"),
    receivedAt,
  };
}

async function readBody(request: Request, bytesMax: number, askRoom: AskRoom): Promise<BodyReading> {
  if (request.body === null) return { kind: "whole", body: new Uint8Array(0) };
  const declaredBytes = Number(request.headers.get("content-length") ?? Number.NaN);
  let asked = bytesMax <= UNASKED_BYTES_MAX;
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for (;;) {
      if (!asked && (declaredBytes > UNASKED_BYTES_MAX || bytes > UNASKED_BYTES_MAX)) {
        asked = true;
        if (!(await askRoom(Math.min(bytesMax, Number.isNaN(declaredBytes) ? bytesMax : declaredBytes)))) {
          await reader.cancel();
          return { kind: "no-room", bytesSeen: bytes };
        }
      }
      const { done, value } = await reader.read();
      if (done) return { kind: "whole", body: Buffer.concat(chunks) };
      bytes += value.byteLength;
      chunks.push(value);
      if (bytes <= bytesMax) continue;
      await reader.cancel();
      return { kind: "too-large", cut: Buffer.concat(chunks).subarray(0, bytesMax), bytesSeen: bytes };
    }
  } catch {
    return { kind: "broken", cut: Buffer.concat(chunks).subarray(0, bytesMax), bytesSeen: bytes, tooSlow: false };
  }
}
