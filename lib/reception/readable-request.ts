import { decodeBody, readCoding } from "#lib/platform/decode-body.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * The request with its body decoded, for reading names, ids, items and fields, as far as flows see it decoded;
 * signatures are over the bytes as sent. A body that unfolds further stays as it is: nothing is read from it.
 */
export function readableRequest(request: WebhookRequest): WebhookRequest | Promise<WebhookRequest> {
  const coding = readCoding(headerValue(request.headers, "content-encoding"));
  if (coding === null) return request;
  return decodeBody(coding, request.body).then((decoding) =>
    decoding.kind === "decoded" ? { ...request, body: decoding.bytes } : request,
  );
}
