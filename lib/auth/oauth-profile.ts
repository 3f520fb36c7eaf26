import { findUserByOauth, linkOauthAccount } from "#lib/db/oauth-accounts.ts";
import { findUserByEmail, type User } from "#lib/db/users.ts";

/**
 * What a provider says about the person who came back from it. `verifiedEmail` is null unless the provider vouches for
 * it.
 */
export type OauthProfile = { provider: string; accountId: string; verifiedEmail: string | null };

/**
 * The account an OAuth sign-in belongs to, or null. Known links first; else the account with the same verified address,
 * which is then linked. Never makes an account: people come in by invitation.
 */
export async function findUserForOauth(profile: OauthProfile): Promise<User | null> {
  const linked = await findUserByOauth(profile.provider, profile.accountId);
  if (linked !== null) return linked;
  if (profile.verifiedEmail === null) return null;
  const found = await findUserByEmail(profile.verifiedEmail);
  if (found === null) return null;
  await linkOauthAccount(found.id, profile.provider, profile.accountId);
  const { passwordHash: _hash, ...user } = found;
  return user;
}
