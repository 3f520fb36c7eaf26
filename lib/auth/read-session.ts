import { LRUCache } from "lru-cache";
import { decode, type JWT } from "next-auth/jwt";
import { cameByHttps } from "#lib/auth/request-origin.ts";
import { sessionSecret } from "#lib/auth/session-secret.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { isUuid } from "#lib/core/ids.ts";
import { SECOND } from "#lib/core/units.ts";
import { followPublicAddress } from "#lib/db/public-address.ts";
import { isSessionRevoked } from "#lib/db/revoked-sessions.ts";
import { findUserWithMemberships, type Membership, touchLastSeen, type User } from "#lib/db/users.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** A signed-in person: account, memberships as of at most 3 s ago, and the workspace this browser looks at. */
export type Session = { user: User; memberships: Membership[]; current: Membership | null };

type Known = NonNullable<Awaited<ReturnType<typeof findUserWithMemberships>>>;

const TOKEN_CHARS_MAX = 4_096;
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
 * The session of a request's cookies, or null: no token, a token that is not ours, one that ran out or was signed out,
 * or one made before the account's sessions were ended. Never throws on bad input; a database that is down throws.
 */
export async function readSession(headers: Headers, now: Date = databaseNow()): Promise<Session | null> {
  await followPublicAddress();
  const cookies = parseCookies(headers.get("cookie"));
  const known = await findHolder(await readToken(cookies.get(sessionCookieName(cameByHttps(headers)))), now);
  if (known === null) return null;
  const { memberships, lastSeenAt: _seen, ...user } = known;
  const wanted = cookies.get(WORKSPACE_COOKIE);
  return { user, memberships, current: memberships.find((m) => m.workspaceId === wanted) ?? memberships[0] ?? null };
}

/** Says whether a token's session goes on: not signed out, and not older than the account's ending of all sessions. */
export async function isSessionGood(token: JWT, now: Date = databaseNow()): Promise<boolean> {
  return (await findHolder(token, now)) !== null;
}

/** Forgets what was cached about an account, so that this process sees a change at once; others see it within 3 s. */
export function forgetCachedSession(userId: string): void {
  for (const key of [...cache().keys()]) if (key.startsWith(userId)) cache().delete(key);
}

async function readToken(text: string | undefined): Promise<JWT | null> {
  if (text === undefined || text.length > TOKEN_CHARS_MAX) return null;
  return decode({ token: text, secret: sessionSecret() }).catch(() => null);
}

/** `sid` names the session from sign-in to sign-out; next-auth writes the token anew in between. */
async function findHolder(token: JWT | null, now: Date): Promise<Known | null> {
  if (token === null) return null;
  const { sub, sid, sessionVersion } = token;
  if (typeof sub !== "string" || !isUuid(sub) || typeof sid !== "string" || typeof sessionVersion !== "number")
    return null;
  const known = await findKnown(sub, sid, now);
  return known?.sessionVersion === sessionVersion ? known : null;
}

/** The account, or null when there is none or this session of it was signed out. */
async function findKnown(userId: string, sid: string, now: Date): Promise<Known | null> {
  const key = `${userId} ${sid}`;
  const held = cache().get(key);
  if (held !== undefined && now.getTime() - held.at < CACHE_MS) return held.known;
  const known = (await isSessionRevoked(sid)) ? null : await findUserWithMemberships(userId);
  cache().set(key, { at: now.getTime(), known });
  if (known !== null && now.getTime() - (known.lastSeenAt?.getTime() ?? 0) > SEEN_MS) await touchLastSeen(userId, now);
  return known;
}

function cache(): LRUCache<string, { at: number; known: Known | null }> {
  return singleton("session-cache", () => new LRUCache({ max: CACHE_ENTRIES_MAX }));
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
