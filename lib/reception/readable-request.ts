import { isTextType, readContentType } from "#lib/bodies/content-type.ts";
import { decodedBytesMax, isCoded, isPackedText, undoCodings } from "#lib/bodies/undo-codings.ts";
import type { ReadableRequest } from "#lib/door/passing.ts";
import { headerValue, listHeader } from "#lib/webhooks/headers.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

/**
 * The request with its body decoded, for reading names, ids, items and fields, as far as flows see it decoded;
 * signatures are over the bytes as sent. A body that unfolds further stays as it is: nothing is read from it.
 */
export function readableRequest(request: WebhookRequest): ReadableRequest | Promise<ReadableRequest> {
  const coding = listHeader(request.headers, "content-encoding");
  const isPacked = isPackedText(headerValue(request.headers, "content-type"), request.body);
  if (!isPacked && !isCoded(coding)) return request;
  const isText = isTextType(readContentType(headerValue(request.headers, "content-type")).type);
  return undoCodings(request.body, coding, { bytesMax: decodedBytesMax(request.body.byteLength), isText }).then(
    ({ bytes, cut, problem }) =>
      cut || problem !== null ? { ...request, isFolded: true } : { ...request, body: bytes },
  );
}
