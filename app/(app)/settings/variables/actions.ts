"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { createVariable, deleteVariable, updateVariable } from "#lib/commands/variables/save-variable.ts";

/** Stores a new variable. */
export async function createVariableAction(input: unknown) {
  const actor = await requireActor();
  return runAction(async () => {
    await createVariable(actor, input);
    revalidatePath("/settings/variables");
  });
}

/** Gives a variable another value. */
export async function updateVariableAction(name: string, input: unknown) {
  const actor = await requireActor();
  return runAction(async () => {
    await updateVariable(actor, name, input);
    revalidatePath("/settings/variables");
  });
}

/** Removes a variable. */
export async function deleteVariableAction(name: string) {
  const actor = await requireActor();
  return runAction(async () => {
    await deleteVariable(actor, name);
    revalidatePath("/settings/variables");
  });
}
