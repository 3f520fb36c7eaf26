import { randomUUID } from "node:crypto";
import type { AuthOptions } from "next-auth";
import CredentialsProvider from "next-auth/providers/credentials";
import GithubProvider from "next-auth/providers/github";
import GoogleProvider from "next-auth/providers/google";
import type { UserinfoEndpointHandler } from "next-auth/providers/oauth";
import { checkCredentials } from "#lib/auth/check-credentials.ts";
import { findUserForOauth, type OauthProfile } from "#lib/auth/oauth-profile.ts";
import { forgetCachedSession, isSessionGood, sessionCookieName } from "#lib/auth/read-session.ts";
import { cameByHttps, clientIpOf } from "#lib/auth/request-origin.ts";
import { sameOriginPath } from "#lib/auth/same-origin-path.ts";
import { sessionSecret } from "#lib/auth/session-secret.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { DAY, SECOND } from "#lib/core/units.ts";
import { insertRevokedSession } from "#lib/db/revoked-sessions.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";

/** How long a sign-in lasts. */
export const SESSION_MS = 30 * DAY;

/** next-auth's options for one request: its cookies are `Secure` exactly when the browser came by HTTPS. */
export function authOptions(headers: Headers): AuthOptions {
  const https = cameByHttps(headers);
  return {
    secret: sessionSecret(),
    session: { strategy: "jwt", maxAge: SESSION_MS / SECOND },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    useSecureCookies: https,
    cookies: cookiesFor(https),
    providers: [credentials(clientIpOf(headers)), ...oauthProviders().map((provider) => provider.make())],
    callbacks: {
      signIn: async ({ account, profile, user }) => {
        if (account?.type !== "oauth") return true;
        const found = await findUserForOauth(readOauthProfile(account.provider, account.providerAccountId, profile));
        if (found === null) return false;
        user.id = found.id;
        Object.assign(user, { sessionVersion: found.sessionVersion });
        return true;
      },
      // Only at sign-in is there a user. Afterwards next-auth writes the token anew, which must not revive an ended
      // session.
      jwt: async ({ token, user }) => {
        if (user !== undefined)
          return {
            sub: user.id,
            sid: randomUUID(),
            sessionVersion: (user as { sessionVersion?: number }).sessionVersion,
          };
        if (!(await isSessionGood(token))) throw new Error("This session has ended.");
        return token;
      },
      session: ({ session }) => ({ expires: session.expires }),
      redirect: ({ url, baseUrl }) => {
        const path = url.startsWith(`${baseUrl}/`) ? url.slice(baseUrl.length) : url;
        return `${baseUrl}${sameOriginPath(path)}`;
      },
    },
    events: {
      // Dropping the cookie would leave a copied one good for weeks.
      signOut: async ({ token }) => {
        if (typeof token?.sid !== "string") return;
        const now = databaseNow();
        await insertRevokedSession(token.sid, new Date(now.getTime() + SESSION_MS), now);
        if (typeof token.sub === "string") forgetCachedSession(token.sub);
      },
    },
    logger: {
      error: (code, detail) =>
        log().warn({ code, error: detail instanceof Error ? detail : undefined }, "sign-in failed"),
      warn: (code) => log().debug({ code }, "next-auth warns"),
      debug: () => undefined,
    },
  };
}

/** The OAuth providers whose settings are present, in the order their buttons appear. */
export function oauthProviders(): {
  id: "github" | "google";
  name: string;
  make(): AuthOptions["providers"][number];
}[] {
  const { githubClientId, githubClientSecret, googleClientId, googleClientSecret } = env();
  const found: ReturnType<typeof oauthProviders> = [];
  if (githubClientId !== undefined && githubClientSecret !== undefined)
    found.push({
      id: "github",
      name: "GitHub",
      make: () => {
        const provider = GithubProvider({ clientId: githubClientId, clientSecret: githubClientSecret });
        return { ...provider, userinfo: { url: "https://api.github.com/user", request: readGithubPerson } };
      },
    });
  if (googleClientId !== undefined && googleClientSecret !== undefined)
    found.push({
      id: "google",
      name: "Google",
      make: () => GoogleProvider({ clientId: googleClientId, clientSecret: googleClientSecret }),
    });
  return found;
}

function credentials(clientIp: string): AuthOptions["providers"][number] {
  return CredentialsProvider({
    name: "E-mail and password",
    credentials: { email: { type: "email" }, password: { type: "password" } },
    authorize: async (given) => {
      if (typeof given?.email !== "string" || typeof given.password !== "string") return null;
      const outcome = await checkCredentials(given.email, given.password, clientIp).catch((error: unknown) => {
        // next-auth would show the message of what was thrown to whoever asks.
        log().error({ error }, "a sign-in could not be checked");
        throw new Error("Unavailable");
      });
      if (outcome.kind === "ok") return outcome.user;
      if (outcome.reason === "too many attempts") throw new Error("TooManyAttempts");
      return null;
    },
  });
}

/** GitHub's profile with its primary address, only where GitHub has verified it (docs.github.com: REST, "Emails"). */
const readGithubPerson: UserinfoEndpointHandler["request"] = async ({ client, tokens }) => {
  const person = await client.userinfo(tokens.access_token ?? "");
  const answer = await fetch("https://api.github.com/user/emails", {
    headers: { authorization: `Bearer ${tokens.access_token}`, accept: "application/vnd.github+json" },
    signal: AbortSignal.timeout(10 * SECOND),
  });
  const emails = answer.ok ? ((await answer.json()) as { email: string; primary: boolean; verified: boolean }[]) : [];
  const verified = emails.find((entry) => entry.primary && entry.verified)?.email;
  return { ...person, ...(verified === undefined ? {} : { verified_email: verified }) };
};

function readOauthProfile(provider: string, accountId: string, profile: object | undefined): OauthProfile {
  const said = (profile ?? {}) as { email?: unknown; email_verified?: unknown; verified_email?: unknown };
  const verified = provider === "github" ? said.verified_email : said.email_verified === true ? said.email : undefined;
  return { provider, accountId, verifiedEmail: typeof verified === "string" ? verified : null };
}

function cookiesFor(https: boolean): NonNullable<AuthOptions["cookies"]> {
  const options = { httpOnly: true, sameSite: "lax", path: "/", secure: https } as const;
  const prefix = https ? "__Secure-" : "";
  return {
    sessionToken: { name: sessionCookieName(https), options },
    callbackUrl: { name: `${prefix}hookline.callback-url`, options },
    csrfToken: { name: `${https ? "__Host-" : ""}hookline.csrf-token`, options },
    pkceCodeVerifier: { name: `${prefix}hookline.pkce`, options: { ...options, maxAge: 900 } },
    state: { name: `${prefix}hookline.state`, options: { ...options, maxAge: 900 } },
    nonce: { name: `${prefix}hookline.nonce`, options },
  };
}
