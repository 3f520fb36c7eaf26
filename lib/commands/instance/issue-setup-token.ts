import { randomBytes } from "node:crypto";
import { setSetupTokenHash } from "#lib/db/setup-token.ts";
import { countUsers } from "#lib/db/users.ts";
import { hashToken } from "#lib/platform/api-key-text.ts";

/**
 * A new one-time token for the set-up page from another machine, to be printed as `/setup#<token>`; earlier ones end.
 * Null once the instance has an account.
 */
export async function issueSetupToken(): Promise<string | null> {
  if ((await countUsers()) > 0) return null;
  const token = randomBytes(24).toString("base64url");
  await setSetupTokenHash(hashToken(token));
  return token;
}
