import { subscribe } from "node:diagnostics_channel";
import type { IncomingMessage } from "node:http";
import { queryOf } from "#lib/door/request-head.ts";
import { readWebhookAddress } from "#lib/door/webhook-address.ts";
import { RAW_HEAD_HEADER, writeRawHead } from "#lib/platform/raw-head.ts";
import { readArrival } from "#server/arrival.ts";

/**
 * Hands the head of every webhook to the route handler as it came over the wire. Next writes the query anew (`%20`
 * becomes `+`) and joins headers, which breaks senders that sign them; Node tells of each request before Next sees it.
 * For hosts that run Next without Hookline's own server; call once.
 */
export function keepRawHeads(): void {
  subscribe("http.server.request.start", (message) => {
    const { request } = message as { request: IncomingMessage };
    const target = request.url ?? "";
    const address = readWebhookAddress(target);
    if (address === null) return;
    const { ip, through, https, requestId } = readArrival(request);
    request.headers[RAW_HEAD_HEADER] = writeRawHead({
      target,
      headers: request.rawHeaders,
      ip,
      through,
      https,
      requestId,
    });
    const query = queryOf(address.target);
    // Next redirects what it takes for another spelling, and a redirected event is a lost one.
    if (target.split("?", 1)[0] !== `/in/${address.token}`)
      request.url = `/in/${encodeURIComponent(address.token)}${query === "" ? "" : `?${query}`}`;
  });
}
