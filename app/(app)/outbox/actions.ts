"use server";
import { revalidatePath } from "next/cache";
import { runAction } from "#app/run-action.ts";
import { requireActor } from "#lib/auth/require-actor.ts";
import { sendOutboxMail } from "#lib/commands/instance/send-outbox-mail.ts";

/** Sends a kept mail for real through a mail server. */
export async function sendOutboxMailAction(mailId: string, connectionId: string) {
  const actor = await requireActor();
  return runAction(async () => {
    const sent = await sendOutboxMail(actor, mailId, connectionId);
    revalidatePath("/outbox");
    return sent;
  });
}
