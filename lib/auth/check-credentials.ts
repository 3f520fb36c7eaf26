import { countSignInAttempt, noteSignIn } from "#lib/auth/sign-in-limits.ts";
import { findUserByEmail, normalizeEmail, type User } from "#lib/db/users.ts";
import { verifyPassword } from "#lib/platform/password-hash.ts";

/** What a sign-in with e-mail and password ended in. "wrong" never says which of the two. */
export type CredentialsOutcome =
  | { kind: "ok"; user: User }
  | { kind: "refused"; reason: "wrong" }
  | { kind: "refused"; reason: "too many attempts"; retryAfterMs: number };

/** Checks an e-mail and password against the stored hash; rate-limited by address and account. */
export async function checkCredentials(
  emailAsTyped: string,
  password: string,
  clientIp: string,
): Promise<CredentialsOutcome> {
  const email = normalizeEmail(emailAsTyped).slice(0, 320);
  const attempt = await countSignInAttempt(email, clientIp);
  if (attempt.kind === "refused")
    return { kind: "refused", reason: "too many attempts", retryAfterMs: attempt.retryAfterMs };
  const found = await findUserByEmail(email);
  if (!(await verifyPassword(password, found?.passwordHash ?? null)) || found === null)
    return { kind: "refused", reason: "wrong" };
  await noteSignIn(email, clientIp);
  const { passwordHash: _hash, ...user } = found;
  return { kind: "ok", user };
}
