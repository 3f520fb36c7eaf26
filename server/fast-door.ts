import type { IncomingMessage, ServerResponse } from "node:http";
import { receiveEvent } from "#lib/commands/requests/receive-event.ts";
import { KIB } from "#lib/core/units.ts";
import { answerContent } from "#lib/door/answer-content.ts";
import { refuse } from "#lib/door/refusals.ts";
import { headerPairs, type RequestHead, type SenderAnswer } from "#lib/door/request-head.ts";
import type { WebhookAddress } from "#lib/door/webhook-address.ts";
import { arrivalTime } from "#lib/reception/arrival-time.ts";
import { refuseUnread } from "#lib/reception/refuse-unread.ts";
import type { Arrival } from "#server/arrival.ts";
import { drainBody, readBody } from "#server/read-body.ts";

const SMALL_BODY_BYTES = 64 * KIB;
const NOT_ASCII = /[^\0-\x7f]/;

/** Answers a webhook before Next sees it: a route handler costs about 1 ms of CPU a request, this a tenth. */
export async function answerWebhook(
  request: IncomingMessage,
  response: ServerResponse,
  address: WebhookAddress,
  arrival: Arrival,
): Promise<void> {
  const head: RequestHead = {
    ...address,
    method: request.method ?? "",
    headers: headerPairs(request.rawHeaders),
    clientIp: arrival.ip,
    through: arrival.through,
    https: arrival.https,
    requestId: arrival.requestId,
    receivedAt: await arrivalTime(),
  };
  const hasHost = request.headers.host !== undefined || request.httpVersion === "1.0";
  const answer = hasHost
    ? await receiveEvent(head, (bytesMax, askRoom) => readBody(request, response, bytesMax, askRoom))
    : await refuseUnread(head, refuse("http-malformed", "It has no Host header, which HTTP/1.1 requires."));
  if (response.destroyed) return;
  await writeAnswer(request, response, answer, arrival.requestId);
}

async function writeAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  answer: SenderAnswer,
  requestId: string,
): Promise<void> {
  const headers: string[] = [];
  const content = answerContent(answer);
  for (const [name, value] of answer.headers) headers.push(name, value);
  // RFC 9110 §8.6: an answer without content has no length.
  if (answer.status !== 204) headers.push("content-length", String(Buffer.byteLength(content)));
  headers.push("x-request-id", requestId);
  // A small body nobody reads is read away first, so that the connection stays open for the sender's next request.
  if (!request.complete && isSoonHere(request)) await drainBody(request);
  const unread = !request.complete;
  if (unread) headers.push("connection", "close");
  response.writeHead(answer.status, headers);
  if (!unread) {
    // As text the body goes out in one write with the head; as a buffer it would be two. Node writes both in the body's
    // encoding then, so a head that is not ASCII goes out for itself.
    const isAscii = answer.headers.every(([, value]) => !NOT_ASCII.test(value));
    response.end(request.method === "HEAD" ? undefined : isAscii ? content : Buffer.from(content));
    return;
  }
  // Closing while the sender still writes would reset the connection and lose the answer; so it is sent first, then
  // a bounded rest of the body is read away.
  if (request.method !== "HEAD") response.write(Buffer.from(content));
  await drainBody(request);
  response.end();
}

/** Whether the rest of a body is so small, and on its way, that waiting for it costs less than a new connection. */
function isSoonHere(request: IncomingMessage): boolean {
  const declaredBytes = Number(request.headers["content-length"] ?? Number.NaN);
  return declaredBytes <= SMALL_BODY_BYTES && request.headers.expect === undefined;
}
