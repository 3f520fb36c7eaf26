import type { Arrival } from "#lib/db/arrivals.ts";
import { reachOf } from "#lib/loaders/describe-reach.ts";
import { classifyAddress } from "#lib/platform/egress/classify-address.ts";
import type { OtherHost, OutsideArrival } from "#lib/views/reach-views.ts";

/**
 * The newest request that came from a public address, which proves that the internet reaches this endpoint; null while
 * none did.
 */
export function findOutsideArrival(arrivals: readonly Arrival[]): OutsideArrival | null {
  for (const { id, clientIp, receivedAt } of arrivals)
    if (clientIp !== null && classifyAddress(clientIp).kind === "public")
      return { id, clientIp, at: receivedAt.toISOString() };
  return null;
}

/** How many of the newest events from elsewhere are looked at. */
const NEWEST = 20;

/**
 * The host under which at least half of the newest events from elsewhere came, when it is not the public address's and
 * reaches at least as far; null when there is nothing to propose. A sender writes this header itself: it is proposed to
 * a person and never adopted.
 */
export function findOtherHost(arrivals: readonly Arrival[], publicUrl: string): OtherHost | null {
  const events = arrivals.flatMap(({ accepted, host, proto, receivedAt }) => {
    const address = accepted && host !== null ? addressOf(host, proto) : null;
    return host === null || address === null || rank(address) === 0
      ? []
      : [{ host, address, at: receivedAt.toISOString() }];
  });
  const newest = events.slice(0, NEWEST);
  for (const { host, address, at } of newest) {
    const count = newest.filter((other) => other.host === host).length;
    if (count * 2 < newest.length || host === new URL(publicUrl).host || rank(address) < rank(publicUrl)) continue;
    return { address, host, count, of: newest.length, lastAt: at };
  }
  return null;
}

function rank(address: string): number {
  switch (reachOf(address)) {
    case "this-computer":
      return 0;
    case "network":
      return 1;
    case "public":
      return 2;
  }
}

/** The address of a host, https where a proxy says so or where nothing says otherwise about a public name. */
function addressOf(host: string, proto: string | null): string | null {
  for (const scheme of proto === "https" || proto === "http" ? [proto] : ["https", "http"]) {
    const text = `${scheme}://${host}`;
    if (!URL.canParse(text)) return null;
    const url = new URL(text);
    if (url.host !== host || url.pathname !== "/" || url.username !== "") return null;
    if (proto !== null || scheme === "http" || (url.port === "" && reachOf(text) === "public")) return url.origin;
  }
  return null;
}
