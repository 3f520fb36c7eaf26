"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import { forgetCachedKeys } from "#lib/auth/actor-from-api-key.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { revokeApiKey } from "#lib/commands/instance/revoke-api-key.ts";
import { NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";

/**
 * Makes an API key and gives it back, this once. The page is read anew when its dialog closes: sooner, it would close
 * it.
 */
export async function createApiKeyAction(input: unknown) {
  const actor = await requireActor();
  return runAction(() => createApiKey(actor, input));
}

/** Ends an API key for good. */
export async function revokeApiKeyAction(id: unknown) {
  const actor = await requireActor();
  return runAction(async () => {
    if (typeof id !== "string" || !isUuid(id)) throw new NotFoundError("API key");
    await revokeApiKey(actor, id);
    forgetCachedKeys();
    revalidatePath("/settings/api-keys");
  });
}
