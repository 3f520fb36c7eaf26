import { clientIpOf } from "#lib/auth/request-origin.ts";
import { publicUrl } from "#lib/platform/public-url.ts";

/**
 * Says whether a request surely comes from a browser on this machine: the server saw a loopback peer, the address in
 * the browser's bar is a loopback one, and the instance is not published under another name. A proxy on this machine
 * also connects from loopback, hence the last two.
 */
export function isThisMachine(headers: Headers): boolean {
  const ip = clientIpOf(headers);
  if (!(ip === "::1" || ip.startsWith("127.") || ip.startsWith("::ffff:127."))) return false;
  const origin = headers.get("origin");
  const addresses = [`http://${headers.get("host") ?? ""}`, publicUrl(), ...(origin === null ? [] : [origin])];
  return addresses.every(isLoopbackAddress);
}

function isLoopbackAddress(address: string): boolean {
  if (!URL.canParse(address)) return false;
  const { hostname } = new URL(address);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
