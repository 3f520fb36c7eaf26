import { env } from "#lib/platform/env.ts";

/**
 * Says whether the browser reached us by HTTPS: as the server or a trusted proxy reported it, or because the request
 * names the host of an https HOOKLINE_URL (a proxy that ends TLS and is not in HOOKLINE_TRUSTED_PROXIES).
 */
export function cameByHttps(headers: Headers): boolean {
  const reported = headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  if (reported === "https") return true;
  const base = new URL(env().publicUrl);
  return base.protocol === "https:" && headers.get("host") === base.host;
}

/**
 * Says whether a request that changes something comes from a page of ours: its Origin is the host it was sent to, or
 * HOOKLINE_URL. A missing or opaque Origin ("null") is not ours.
 */
export function comesFromOurPage(headers: Headers): boolean {
  const origin = headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  const { host, origin: canonical } = new URL(origin);
  return canonical === new URL(env().publicUrl).origin || (host !== "" && host === headers.get("host"));
}

/** The address of the browser as the web server saw it, "unknown" where no server of ours stands in front. */
export function clientIpOf(headers: Headers): string {
  return headers.get("x-hookline-client-ip") ?? "unknown";
}
