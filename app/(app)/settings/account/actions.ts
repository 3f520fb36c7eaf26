"use server";
import { runAction } from "#app/run-action.ts";
import { forgetCachedSession } from "#lib/auth/read-session.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { refuseManyGuesses } from "#lib/auth/sign-in-limits.ts";
import { changePassword, endSessions } from "#lib/commands/instance/change-password.ts";
import { InvalidInputError } from "#lib/core/errors.ts";

/** Changes one's own password; every session ends by it, so the form signs in anew. */
export async function changePasswordAction(present: unknown, next: unknown) {
  const actor = await requireActor();
  return runAction(async () => {
    if (typeof present !== "string" || typeof next !== "string")
      throw new InvalidInputError([{ field: "", message: "Both passwords are needed." }]);
    await refuseManyGuesses("current password", actor.id);
    await changePassword(actor, present, next);
    forgetCachedSession(actor.id);
  });
}

/** Ends every session of one's own account. */
export async function endSessionsAction() {
  const actor = await requireActor();
  return runAction(async () => {
    await endSessions(actor);
    forgetCachedSession(actor.id);
  });
}
