import { decode } from "next-auth/jwt";
import { isUuid } from "#lib/core/ids.ts";
import { cameByHttps } from "#lib/auth/request-origin.ts";
import { sessionSecret } from "#lib/auth/session-secret.ts";
import { findUserWithMemberships, type Membership, touchLastSeen, type User } from "#lib/db/users.ts";
import { SECOND } from "#lib/core/units.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** A signed-in person: account, memberships as of at most 3 s ago, and the workspace this browser looks at. */
export type Session = { user: User; memberships: Membership[]; current: Membership | null };

type Known = NonNullable<Awaited<ReturnType<typeof findUserWithMemberships>>>;

const CACHE_MS = 3 * SECOND;
const CACHE_ENTRIES_MAX = 10_000;
const SEEN_MS = 300 * SECOND;

/** The cookie of the session token; `__Secure-` where the browser came by HTTPS. */
export function sessionCookieName(https: boolean): string {
  return https ? "__Secure-hookline.session" : "hookline.session";
}

/** The cookie that remembers which workspace the browser looks at. It chooses among memberships and grants nothing. */
export const WORKSPACE_COOKIE = "hookline.workspace";

/**
 * The session of a request's cookies, or null: no token, a token that is not ours, one that ran out, or one made before
 * the account's sessions were ended. Never throws on bad input; a database that is down throws.
 */
export async function readSession(headers: Headers, now: Date = new Date()): Promise<Session | null> {
  const cookies = parseCookies(headers.get("cookie"));
  const claims = await readClaims(cookies.get(sessionCookieName(cameByHttps(headers))));
  if (claims === null) return null;
  const known = await findKnown(claims.userId, now);
  if (known === null || known.sessionVersion !== claims.sessionVersion) return null;
  const { memberships, lastSeenAt: _seen, ...user } = known;
  const wanted = cookies.get(WORKSPACE_COOKIE);
  return { user, memberships, current: memberships.find((m) => m.workspaceId === wanted) ?? memberships[0] ?? null };
}

/** Forgets what was cached about an account, so that this process sees a change at once; others see it within 3 s. */
export function forgetCachedSession(userId: string): void {
  cache().delete(userId);
}

async function readClaims(token: string | undefined): Promise<{ userId: string; sessionVersion: number } | null> {
  if (token === undefined || token.length > 4_096) return null;
  try {
    const claims = await decode({ token, secret: sessionSecret() });
    if (claims === null || typeof claims.sub !== "string" || !isUuid(claims.sub)) return null;
    const version = claims.sessionVersion;
    return typeof version === "number" ? { userId: claims.sub, sessionVersion: version } : null;
  } catch {
    return null;
  }
}

async function findKnown(userId: string, now: Date): Promise<Known | null> {
  const held = cache().get(userId);
  if (held !== undefined && now.getTime() - held.at < CACHE_MS) return held.known;
  const known = await findUserWithMemberships(userId);
  if (cache().size >= CACHE_ENTRIES_MAX) cache().clear();
  cache().set(userId, { at: now.getTime(), known });
  if (known !== null && now.getTime() - (known.lastSeenAt?.getTime() ?? 0) > SEEN_MS) await touchLastSeen(userId, now);
  return known;
}

function cache(): Map<string, { at: number; known: Known | null }> {
  return singleton("session-cache", () => new Map());
}

function parseCookies(header: string | null): Map<string, string> {
  const cookies = new Map<string, string>();
  for (const part of (header ?? "").split(";")) {
    const cut = part.indexOf("=");
    if (cut < 1) continue;
    const name = part.slice(0, cut).trim();
    // The first wins, as in every browser's own order: a cookie set for a wider path or domain comes later.
    if (!cookies.has(name)) cookies.set(name, part.slice(cut + 1).trim());
  }
  return cookies;
}
