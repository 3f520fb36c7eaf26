import type { EndpointView } from "#lib/core/endpoint-views.ts";

/** Says who can reach addresses that begin with this public URL, as far as the URL itself tells. */
export function describeReach(publicUrl: string): EndpointView["reach"] {
  const { hostname, protocol } = new URL(publicUrl);
  if (hostname === "localhost" || hostname.endsWith(".localhost") || hostname === "[::1]" || hostname.startsWith("127.")) {
    return {
      kind: "this-computer",
      title: "Only this computer can reach this address",
      sentence: `Senders on the internet cannot call ${hostname}. Forward to it with a tunnel, or set HOOKLINE_URL to your public address.`,
    };
  }
  if (isPrivate(hostname)) {
    return {
      kind: "network",
      title: "Only your own network can reach this address",
      sentence: `${hostname} is a private name or address. Set HOOKLINE_URL to your public address for senders on the internet.`,
    };
  }
  if (protocol === "http:") {
    return {
      kind: "unknown",
      title: "This address is not encrypted",
      sentence:
        "Many senders call https addresses only, and bodies travel readable. Put a proxy with a certificate in front and set HOOKLINE_URL to its https address.",
    };
  }
  return {
    kind: "public",
    title: "Anybody with this address can reach it",
    sentence: "Whether it is open to the internet depends on your network; a sample from the sender's own page proves it.",
  };
}

function isPrivate(hostname: string): boolean {
  if (!hostname.includes(".") && !hostname.startsWith("[")) return true;
  if (/\.(local|internal|lan|home|intranet|test)$/.test(hostname)) return true;
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|\[f[cd]|\[fe[89ab])/.test(
    hostname,
  );
}
