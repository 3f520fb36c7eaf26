import { auditAccount } from "#lib/commands/instance/audit-account.ts";
import { accountInputSchema } from "#lib/commands/instance/create-owner.ts";
import { type Actor, ForbiddenError } from "#lib/core/actor.ts";
import { InvalidInputError } from "#lib/core/errors.ts";
import { plainIssue } from "#lib/core/plain-issue.ts";
import { findUser, raiseSessionVersion, setPasswordHash, type User } from "#lib/db/users.ts";
import { hashPassword, verifyPassword } from "#lib/platform/password-hash.ts";

/**
 * Changes one's own password after checking the present one, and ends every session of the account, this one included;
 * returns the account for signing in anew. An account without a password (GitHub, Google only) sets its first one.
 */
export async function changePassword(actor: Actor, present: string, next: string): Promise<User> {
  const user = await getOwnAccount(actor);
  if (user.passwordHash !== null && !(await verifyPassword(present, user.passwordHash)))
    throw new InvalidInputError([{ field: "present", message: "This is not your current password." }]);
  const read = accountInputSchema.shape.password.safeParse(next, { error: plainIssue });
  if (!read.success) throw new InvalidInputError(read.error.issues.map(({ message }) => ({ field: "next", message })));
  await setPasswordHash(user.id, await hashPassword(read.data));
  await auditAccount(user.id, actor, "account.changePassword");
  return user;
}

/** Ends every session of one's own account, on every browser. */
export async function endSessions(actor: Actor): Promise<void> {
  const user = await getOwnAccount(actor);
  await raiseSessionVersion(user.id);
  await auditAccount(user.id, actor, "account.endSessions");
}

async function getOwnAccount(actor: Actor) {
  const user = actor.kind === "user" ? await findUser(actor.id) : null;
  if (user === null) throw new ForbiddenError("workspace.read");
  return user;
}
