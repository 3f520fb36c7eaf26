"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { allowAddress, revokeAddress } from "#lib/commands/instance/allow-address.ts";

/** Opens a private address and port. */
export async function allowAddressAction(input: { address: string; port: number; note: string }) {
  const actor = await requireActor();
  return runAction(async () => {
    const allowed = await allowAddress(actor, input);
    revalidatePath("/settings/egress");
    return allowed;
  });
}

/** Closes what a permission opened. */
export async function revokeAddressAction(id: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await revokeAddress(actor, id);
    revalidatePath("/settings/egress");
  });
}
