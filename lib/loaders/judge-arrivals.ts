import type { OtherHost, OutsideArrival } from "#lib/core/reach-views.ts";
import type { Arrival } from "#lib/db/arrivals.ts";
import { reachOf } from "#lib/loaders/describe-reach.ts";
import { classifyAddress } from "#lib/platform/egress/classify-address.ts";

/** The newest request that came from a public address, which proves that the internet reaches this endpoint; null while none did. */
export function findOutsideArrival(arrivals: readonly Arrival[]): OutsideArrival | null {
  for (const { id, clientIp, receivedAt } of arrivals)
    if (clientIp !== null && classifyAddress(clientIp).kind === "public") return { id, clientIp, at: receivedAt.toISOString() };
  return null;
}

/**
 * The host under which most accepted events came when it is not the public address's and reaches at least as far; null when
 * there is nothing to propose. A sender writes this header itself: it is proposed to a person and never adopted.
 */
export function findOtherHost(arrivals: readonly Arrival[], publicUrl: string): OtherHost | null {
  const accepted = arrivals.filter((arrival) => arrival.accepted && arrival.host !== null);
  const byHost = new Map<string, Arrival[]>();
  for (const arrival of accepted) byHost.set(arrival.host ?? "", [...(byHost.get(arrival.host ?? "") ?? []), arrival]);
  const candidates = [...byHost].flatMap(([host, rows]) => {
    const newest = rows[0];
    const address = newest === undefined ? null : addressOf(host, newest.proto);
    return newest === undefined || address === null
      ? []
      : [{ address, host, count: rows.length, of: accepted.length, lastAt: newest.receivedAt.toISOString() }];
  });
  const others = candidates.filter(
    ({ address, host }) => host !== new URL(publicUrl).host && rank(address) > 0 && rank(address) >= rank(publicUrl),
  );
  return others.sort((a, b) => rank(b.address) - rank(a.address) || b.count - a.count)[0] ?? null;
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
