import { decodeBody, readCoding } from "#lib/platform/decode-body.ts";
import { PARSED_BODY_BYTES_MAX } from "#lib/webhooks/body-fields.ts";
import { headerValue } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * The request with its body decoded, for reading names, ids, items and fields; signatures are over the bytes as sent.
 * A body that does not decode within `bytesMax` bytes stays as it is: nothing is read from it.
 */
export function readableRequest(
  request: WebhookRequest,
  bytesMax: number = PARSED_BODY_BYTES_MAX,
): WebhookRequest | Promise<WebhookRequest> {
  const coding = readCoding(headerValue(request.headers, "content-encoding"));
  if (coding === null) return request;
  return decodeBody(coding, request.body, bytesMax).then((decoding) =>
    decoding.kind === "decoded" ? { ...request, body: decoding.bytes } : request,
  );
}
