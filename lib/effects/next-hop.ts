import type { HttpMessage } from "#lib/platform/egress/send-http.ts";
import { isSensitiveHeader } from "#lib/platform/redact.ts";

/** Where a redirect leads, or why it is not followed. */
export type NextHop = { kind: "follow"; message: HttpMessage } | { kind: "stop"; message: string };

/**
 * The message for the next address of a redirect, by the rules of fetch: 303 and, after POST, 301 and 302 become GET
 * without a body; secrets stay behind when the origin changes; https never goes on as http.
 */
export function nextHop(
  sent: HttpMessage,
  status: number,
  location: string,
  secretNames: ReadonlySet<string>,
): NextHop {
  if (!URL.canParse(location, sent.url)) return { kind: "stop", message: "It redirects to an address that is none." };
  const from = new URL(sent.url);
  const to = new URL(location, from);
  if (from.protocol === "https:" && to.protocol === "http:")
    return { kind: "stop", message: "It redirects from https to http, which is not followed." };
  const becomesGet =
    (status === 303 && sent.method !== "HEAD") || ((status === 301 || status === 302) && sent.method === "POST");
  const headers = sent.headers.filter(([name]) => {
    const lower = name.toLowerCase();
    if (becomesGet && lower.startsWith("content-")) return false;
    return from.origin === to.origin || !(secretNames.has(lower) || isSensitiveHeader(name));
  });
  return {
    kind: "follow",
    message: { ...sent, url: to.href, headers, ...(becomesGet ? { method: "GET", body: null } : {}) },
  };
}
