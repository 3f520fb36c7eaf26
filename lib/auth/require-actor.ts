import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { readSession, type Session } from "#lib/auth/read-session.ts";
import { comesFromOurPage, refuseForeignPage } from "#lib/auth/request-origin.ts";
import type { Actor } from "#lib/core/actor.ts";
import { countUsers } from "#lib/db/users.ts";

/**
 * The signed-in member of a page or server action. Redirects to sign-in (which comes back here afterwards), or to the
 * set-up while the instance has no account. Throws ForeignPageError for an action that no page of ours asked for.
 */
export async function requireActor(): Promise<Actor> {
  const session = await requireSession();
  if (session.current === null) redirect("/sign-in?error=NoWorkspace");
  return toActor(session.user.id, session.current);
}

/**
 * The signed-in person of a page or server action, for what concerns the account and not a workspace. Redirects like
 * requireActor. Throws ForeignPageError.
 */
export async function requireSession(): Promise<Session> {
  const sent = await headers();
  refuseForeignPage(sent);
  const session = await readSession(sent);
  if (session !== null) return session;
  if ((await countUsers()) === 0) redirect("/setup");
  const path = sent.get("x-hookline-path");
  redirect(path === null || path === "/" ? "/sign-in" : `/sign-in?callbackUrl=${encodeURIComponent(path)}`);
}

/**
 * The signed-in member of a route handler, or null. A request that may change something (any method but GET and HEAD)
 * counts as signed in only when it comes from a page of ours, so that no other site can use the cookie.
 */
export async function actorFromRequest(request: Request): Promise<Actor | null> {
  const changes = request.method !== "GET" && request.method !== "HEAD";
  if (changes && !comesFromOurPage(request.headers)) return null;
  const session = await readSession(request.headers);
  return session?.current == null ? null : toActor(session.user.id, session.current);
}

function toActor(userId: string, membership: NonNullable<Session["current"]>): Actor {
  return { kind: "user", id: userId, workspaceId: membership.workspaceId, role: membership.role };
}
