import { writeCurl } from "#lib/core/curl-command.ts";
import type { HeaderList } from "#lib/webhooks/types.ts";

/** Headers curl sets itself, and those that name the original hop. */
const LEFT_OUT = new Set(["host", "content-length", "connection", "accept-encoding", "transfer-encoding", "expect"]);

const BODY_BYTES_MAX = 16_384;

/** A stored request as a curl command that sends the same bytes again; null when the body is not whole or too long. */
export function curlOf(
  request: { method: string; query: string; headers: string; body: Uint8Array; bodyBytes: number },
  url: string,
): string | null {
  if (request.body.byteLength !== request.bodyBytes || request.bodyBytes > BODY_BYTES_MAX) return null;
  const headers = JSON.parse(request.headers) as HeaderList;
  return writeCurl({
    method: request.method,
    url: request.query === "" ? url : `${url}?${request.query}`,
    headers: headers.filter(([name]) => !LEFT_OUT.has(name.toLowerCase())),
    body: request.bodyBytes === 0 ? null : request.body,
    redirectsMax: 0,
  });
}
