import { timingSafeEqual } from "node:crypto";
import { z } from "zod";
import type { Actor } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { parseInput } from "#lib/core/parse-input.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { inTransaction, lockInTransaction } from "#lib/db/in-transaction.ts";
import type { Db } from "#lib/db/prisma.ts";
import { deleteSetupToken, findSetupTokenHash } from "#lib/db/setup-token.ts";
import { countUsers, insertUser, normalizeEmail } from "#lib/db/users.ts";
import { insertWorkspace } from "#lib/db/workspaces.ts";
import { hashToken } from "#lib/platform/api-key-text.ts";
import { hashPassword, PASSWORD_CHARS_MAX, PASSWORD_CHARS_MIN } from "#lib/platform/password-hash.ts";

/** An e-mail address and a password as a person types them. */
export const accountInputSchema = z.strictObject({
  email: z.string().max(320).transform(normalizeEmail).pipe(z.email("This is not an e-mail address.")),
  password: z
    .string()
    .min(PASSWORD_CHARS_MIN, `A password has at least ${PASSWORD_CHARS_MIN} characters.`)
    .max(PASSWORD_CHARS_MAX, `A password has at most ${PASSWORD_CHARS_MAX} characters.`),
});

/** Why the person may make the first owner: they sit at this machine, or hold the token that the start printed. */
export type SetupProof = { kind: "this machine" } | { kind: "token"; token: string };

/**
 * Makes the first account, its workspace and its ownership, once in the life of an instance. Throws InvalidInputError
 * for bad input or a wrong token, ConflictError "already-set-up" when there is an account; of two at once one wins.
 */
export async function createOwner(input: unknown, proof: SetupProof): Promise<Actor> {
  const { email, password } = parseInput(accountInputSchema, input);
  const passwordHash = await hashPassword(password);
  return inTransaction(async (db) => {
    await lockInTransaction(SETUP_LOCK, db);
    if ((await countUsers(db)) > 0)
      throw new ConflictError("already-set-up", "This Hookline already has an owner. Sign in instead.");
    if (proof.kind === "token") await checkSetupToken(proof.token, db);
    const actor = await insertOwner(email, passwordHash, db);
    await deleteSetupToken(db);
    return actor;
  });
}

/** The name of the lock under which the first account is made. */
export const SETUP_LOCK = "hookline first owner";

/** Writes an owner with a workspace of their own; the caller holds SETUP_LOCK. */
export async function insertOwner(email: string, passwordHash: string, db: Db): Promise<Actor> {
  const userId = newId();
  await insertUser({ id: userId, email, passwordHash }, db);
  const workspaceId = await insertWorkspace({ name: "My workspace", firstMember: { userId, role: "owner" } }, db);
  const actor: Actor = { kind: "user", id: userId, workspaceId, role: "owner" };
  await insertAuditEntry(actor, "instance.setUp", { kind: "user", id: userId }, {}, db);
  return actor;
}

async function checkSetupToken(token: string, db: Db): Promise<void> {
  const kept = await findSetupTokenHash(db);
  const given = hashToken(token);
  if (kept === null || kept.length !== given.length || !timingSafeEqual(kept, given))
    throw new InvalidInputError([
      {
        field: "token",
        message: "This set-up link is not valid any more. Open the one that the start command printed last.",
      },
    ]);
}
