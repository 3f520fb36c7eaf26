import { type Actor, authorize } from "#lib/core/actor.ts";
import { databaseNow } from "#lib/core/database-time.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { isUuid } from "#lib/core/ids.ts";
import { insertAuditEntry } from "#lib/db/audit-entries.ts";
import { findConnection } from "#lib/db/connections.ts";
import { announce } from "#lib/db/live.ts";
import { clearOutboxMailSent, findOutboxMail, setOutboxMailSent } from "#lib/db/outbox-mails.ts";
import { performEffectFor } from "#lib/running/perform-effect-for.ts";

/** What sending a kept mail came to: sent, certainly not sent, or not to be told. */
export type OutboxSent = { kind: "sent" | "failed" | "unknown"; message: string };

/**
 * Sends a mail of the Outbox for real, once, with its own bytes and Message-ID. A second try after it went out is
 * refused.
 */
export async function sendOutboxMail(
  actor: Actor,
  mailId: string,
  connectionId: string,
  now: Date = databaseNow(),
): Promise<OutboxSent> {
  authorize(actor, "effect.sendOnce");
  const mail = isUuid(mailId) ? await findOutboxMail(actor.workspaceId, mailId) : null;
  if (mail === null) throw new NotFoundError("mail");
  const connection = isUuid(connectionId) ? await findConnection(actor.workspaceId, connectionId) : null;
  if (connection?.kind !== "smtp")
    throw new InvalidInputError([{ field: "connectionId", message: "Choose a mail server." }]);
  // Taken before sending: of two people who press the button, one sends.
  if (!(await setOutboxMailSent(actor.workspaceId, mailId, connectionId, now)))
    throw new ConflictError("already-sent", "This mail was sent already.");
  const outcome = await performEffectFor(
    actor.workspaceId,
    {
      kind: "email",
      connectionId,
      messageId: mail.messageId,
      envelope: { from: mail.sender, to: mail.recipients },
      subject: mail.subject,
      message: Buffer.from(mail.raw).toString("utf8"),
    },
    { place: null, signal: AbortSignal.timeout(60_000) },
  );
  if (outcome.kind === "failed" || outcome.kind === "held") await clearOutboxMailSent(actor.workspaceId, mailId);
  await insertAuditEntry(
    actor,
    "outbox.send",
    { kind: "outboxMail", id: mailId },
    { connectionId, outcome: outcome.kind, recipients: mail.recipients },
  );
  announce(actor.workspaceId, "outbox");
  if (outcome.kind === "done")
    return { kind: "sent", message: `Sent through ${connection.name} to ${mail.recipients.join(", ")}.` };
  return { kind: outcome.kind === "unknown" ? "unknown" : "failed", message: outcome.message };
}
