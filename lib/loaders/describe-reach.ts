import type { EndpointView } from "#lib/views/endpoint-views.ts";

/** Says who can reach addresses that begin with this public URL, as far as the URL itself tells. */
export function describeReach(
  publicUrl: string,
  sender: { name: string; forwarder: string | null } | null = null,
): EndpointView["reach"] {
  const { hostname, protocol } = new URL(publicUrl);
  const who = sender === null ? "Senders on the internet" : sender.name;
  switch (reachOf(publicUrl)) {
    case "this-computer":
      return {
        kind: "this-computer",
        title: "Only this computer can reach this address",
        sentence:
          `${who} cannot call ${hostname}. ` +
          `${sender?.forwarder ? `Forward with the ${sender.forwarder}` : "Forward to it"}, open a tunnel, or ` +
          "enter your public address.",
      };
    case "network":
      return {
        kind: "network",
        title: "Only your own network can reach this address",
        sentence:
          `${who} cannot call ${hostname} from the internet: it is a private name or address. Open a tunnel, or ` +
          "enter your public address.",
      };
    case "public":
      return protocol === "http:"
        ? {
            kind: "unknown",
            title: "This address is not encrypted",
            sentence:
              "Many senders call https addresses only, and bodies travel unencrypted. Put a proxy with a " +
              "certificate in front and enter its https address.",
          }
        : {
            kind: "public",
            title: "Anybody with this address can reach it",
            sentence:
              "Whether it is open to the internet depends on your network; the first request from outside proves it.",
          };
  }
}

/** How far an address reaches by its name alone. */
export function reachOf(address: string): "this-computer" | "network" | "public" {
  const { hostname } = new URL(address);
  if (
    hostname === "localhost" ||
    hostname.endsWith(".localhost") ||
    hostname === "[::1]" ||
    hostname.startsWith("127.")
  )
    return "this-computer";
  return isPrivate(hostname) ? "network" : "public";
}

function isPrivate(hostname: string): boolean {
  if (!hostname.includes(".") && !hostname.startsWith("[")) return true;
  if (/\.(local|internal|lan|home|intranet|test)$/.test(hostname)) return true;
  if (/^(\[f[cd]|\[fe[89ab])/.test(hostname)) return true;
  return /^(10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|100\.(6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.)/.test(
    hostname,
  );
}
