import type { HttpEffect } from "#lib/engine/effect.ts";
import type { HttpMessage } from "#lib/platform/egress/send-http.ts";
import { isSensitiveHeader } from "#lib/platform/redact.ts";

/** Redirects followed at most, whatever a step asks for. */
export const REDIRECTS_MAX = 5;

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
  if (!URL.canParse(location, sent.url))
    return { kind: "stop", message: "It redirects to something that is not an address." };
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

/**
 * What is left of a call whose redirects led to `next`, or null when none was followed: only that address is still to
 * be called, with those of the planned headers that go there.
 */
export function restAfterRedirects(effect: HttpEffect, next: HttpMessage, followed: number): HttpEffect | null {
  if (followed === 0) return null;
  const kept = new Set(next.headers.map(([name]) => name));
  return {
    ...effect,
    method: next.method,
    url: next.url,
    headers: effect.headers.filter(([name]) => kept.has(name)),
    body: next.body === null ? null : effect.body,
    redirectsMax: Math.max(0, Math.min(effect.redirectsMax, REDIRECTS_MAX) - followed),
  };
}
