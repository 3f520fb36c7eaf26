import { ForeignPageError } from "#lib/core/errors.ts";
import { publicUrl } from "#lib/platform/public-url.ts";
import { singleton } from "#lib/platform/singleton.ts";

/**
 * Says whether the browser reached us by HTTPS: as the server or a trusted proxy reported it, or because the request
 * names the host of an https public address (a proxy that ends TLS and is not in HOOKLINE_TRUSTED_PROXIES).
 */
export function cameByHttps(headers: Headers): boolean {
  const reported = headers.get("x-forwarded-proto")?.split(",")[0]?.trim();
  if (reported === "https") return true;
  const base = new URL(publicUrl());
  return base.protocol === "https:" && headers.get("host") === base.host;
}

/**
 * Says whether a request that changes something comes from a page of ours: its Origin is the host it was sent to, or
 * the public address. A missing or opaque Origin ("null") is not ours.
 */
export function comesFromOurPage(headers: Headers): boolean {
  const origin = headers.get("origin");
  if (origin === null || !URL.canParse(origin)) return false;
  const { host, origin: canonical } = new URL(origin);
  return canonical === new URL(publicUrl()).origin || (host !== "" && host === headers.get("host"));
}

/** How a server action is sent where no script runs. */
const FORM_TYPES = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/**
 * Throws ForeignPageError when a server action is asked for from elsewhere. Reads need no Origin: a browser sends none
 * with them, and they carry no form.
 */
export function refuseForeignPage(headers: Headers): void {
  const acts = headers.has("next-action") || FORM_TYPES.test(headers.get("content-type") ?? "");
  if (acts && !comesFromOurPage(headers)) throw new ForeignPageError();
}

/**
 * The address of the browser as our own web server saw it; "unknown" where it does not stand in front, for then a
 * sender could have written the header.
 */
export function clientIpOf(headers: Headers): string {
  const cameThroughOurDoor = headers.get("x-hookline-door") === singleton("door-key", () => crypto.randomUUID());
  return (cameThroughOurDoor ? headers.get("x-hookline-client-ip") : null) ?? "unknown";
}

/** The trusted proxy through which that address was read, or null when the browser connected itself. */
export function clientThroughOf(headers: Headers): string | null {
  return clientIpOf(headers) === "unknown" ? null : headers.get("x-hookline-through");
}

/** Says whether what the browser sends can be read on the way: plain HTTP, and not to this machine itself. */
export function isReadableOnTheWay(headers: Headers): boolean {
  const host = headers.get("host") ?? "";
  return !cameByHttps(headers) && !/^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/.test(host);
}
