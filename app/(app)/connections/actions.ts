"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { allowConnectionHost, limitConnectionHosts } from "#lib/commands/connections/allow-connection-host.ts";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { deleteConnection, restoreConnection } from "#lib/commands/connections/delete-connection.ts";
import { testConnection } from "#lib/commands/connections/test-connection.ts";
import { updateConnection } from "#lib/commands/connections/update-connection.ts";
import { allowAddress } from "#lib/commands/instance/allow-address.ts";

/** Stores a new connection (id null) or changes one. */
export async function saveConnectionAction(id: string | null, input: unknown) {
  const actor = await requireActor();
  return runAction(async () => {
    const saved = id === null ? await createConnection(actor, input) : { id };
    if (id !== null) await updateConnection(actor, id, input);
    revalidatePath("/connections", "layout");
    return saved;
  });
}

/** Tries a connection as it stands in the form. */
export async function testConnectionAction(input: unknown) {
  const actor = await requireActor();
  return runAction(async () => {
    const trial = await testConnection(actor, input);
    revalidatePath("/connections", "layout");
    return trial;
  });
}

/** Deletes a connection softly. */
export async function deleteConnectionAction(id: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await deleteConnection(actor, id);
    revalidatePath("/connections", "layout");
  });
}

/** Brings a deleted connection back. */
export async function restoreConnectionAction(id: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await restoreConnection(actor, id);
    revalidatePath("/connections", "layout");
  });
}

/** Lets a connection be used with one more host; runs that waited for it go on. */
export async function allowConnectionHostAction(id: string, host: string) {
  const actor = await requireActor();
  return runAction(async () => {
    const allowed = await allowConnectionHost(actor, id, { host });
    revalidatePath("/connections", "layout");
    return allowed;
  });
}

/** Narrows a connection for any host to the hosts its flows call. */
export async function limitConnectionHostsAction(id: string, hosts: readonly string[]) {
  const actor = await requireActor();
  return runAction(async () => {
    await limitConnectionHosts(actor, id, { hosts });
    revalidatePath("/connections", "layout");
  });
}

/** Opens a private address and port for the workspace, where a refusal offered it. */
export async function allowAddressAction(input: { address: string; port: number; note: string }) {
  const actor = await requireActor();
  return runAction(() => allowAddress(actor, input));
}
