import { randomBytes } from "node:crypto";
import { auditAccount } from "#lib/commands/instance/audit-account.ts";
import { InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { findUserByEmail, setPasswordHash } from "#lib/db/users.ts";
import { hashPassword, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from "#lib/platform/password-hash.ts";

/**
 * Gives an account a new password, the given one or a random one, and ends all its sessions; returns the password. For
 * whoever can run commands on the server: it asks for no role. Throws NotFoundError, InvalidInputError.
 */
export async function resetPassword(email: string, password?: string): Promise<string> {
  const user = await findUserByEmail(email);
  if (user === null) throw new NotFoundError("account");
  const next = password ?? randomBytes(15).toString("base64url");
  if (next.length < PASSWORD_CHARS_MIN || next.length > PASSWORD_CHARS_MAX)
    throw new InvalidInputError([
      { field: "password", message: `A password has ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters.` },
    ]);
  await setPasswordHash(user.id, await hashPassword(next));
  await auditAccount(user.id, { kind: "system", id: "command line" }, "account.resetPassword");
  return next;
}
