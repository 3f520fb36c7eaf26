"use server";
import { headers } from "next/headers";
import { runAction } from "#app/run-action.ts";
import { isThisMachine } from "#lib/auth/is-this-machine.ts";
import { clientIpOf, refuseForeignPage } from "#lib/auth/request-origin.ts";
import { refuseManyGuesses } from "#lib/auth/sign-in-limits.ts";
import { createEndpoint } from "#lib/commands/endpoints/create-endpoint.ts";
import { createOwner } from "#lib/commands/instance/create-owner.ts";
import type { ActionResult } from "#lib/core/action-result.ts";
import { InvalidInputError } from "#lib/core/errors.ts";

/**
 * Makes the first owner and their first endpoint. `token` is the one-time token of the address, "" for none; without
 * one it works from this machine alone. Nobody is signed in by it: the form does that with the password it still has.
 */
export async function setUpAction(account: unknown, token: unknown): Promise<ActionResult<{ endpointId: string }>> {
  refuseForeignPage(await headers());
  return runAction(async () => {
    const hasToken = typeof token === "string" && token !== "";
    if (!hasToken && !isThisMachine(await headers()))
      throw new InvalidInputError([
        { field: "token", message: "From another machine, open the link that the start command printed." },
      ]);
    if (hasToken) await refuseManyGuesses("set-up token", clientIpOf(await headers()));
    const owner = await createOwner(account, hasToken ? { kind: "token", token } : { kind: "this machine" });
    const endpoint = await createEndpoint(owner, {});
    return { endpointId: endpoint.id };
  });
}
