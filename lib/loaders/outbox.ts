import { requireActor } from "#lib/auth/require-actor.ts";
import { isUuid } from "#lib/core/ids.ts";
import { may, type Role } from "#lib/core/roles.ts";
import { listConnections } from "#lib/db/connections.ts";
import { findOutboxMail, listOutboxMails, type OutboxMail } from "#lib/db/outbox-mails.ts";
import { type ReadMail, readMail } from "#lib/platform/read-mail.ts";
import { maskMail, maskValue, seesPayloads } from "#lib/views/payload-mask.ts";

const PAGE_SIZE = 50;

/** An opened mail. `parts` and `source` are null for those who may not read payloads. */
export type OpenedMail = {
  mail: OutboxMail;
  sentThroughName: string | null;
  parts: ReadMail | null;
  source: string | null;
};

/** A page of kept mails and the one that is open. */
export type OutboxPage = {
  mails: OutboxMail[];
  /** Continues with older mails; null at the end. */
  olderThan: string | null;
  opened: OpenedMail | null;
  /** Mail servers a kept mail can be sent through; null when this person may not send. */
  servers: { id: string; name: string }[] | null;
};

/** The Outbox, newest first, with the mail `open` beside it. */
export async function loadOutbox(wanted: { open: string | null; before: string | null }): Promise<OutboxPage> {
  const actor = await requireActor();
  const before = wanted.before !== null && isUuid(wanted.before) ? { beforeId: wanted.before } : {};
  const [found, connections, opened] = await Promise.all([
    listOutboxMails(actor.workspaceId, { limit: PAGE_SIZE + 1, ...before }),
    listConnections(actor.workspaceId),
    wanted.open !== null && isUuid(wanted.open) ? findOutboxMail(actor.workspaceId, wanted.open) : null,
  ]);
  const mails = found.slice(0, PAGE_SIZE).map((mail) => maskMail(actor.role, mail));
  return {
    mails,
    olderThan: found.length > PAGE_SIZE ? (mails.at(-1)?.id ?? null) : null,
    opened: opened === null ? null : await openMail(opened, connections, actor.role),
    servers: may(actor.role, "effect.sendOnce")
      ? connections.filter(({ kind }) => kind === "smtp").map(({ id, name }) => ({ id, name }))
      : null,
  };
}

async function openMail(
  { raw, ...mail }: OutboxMail & { raw: Uint8Array },
  connections: { id: string; name: string }[],
  role: Role,
): Promise<OpenedMail> {
  const through = connections.find(({ id }) => id === mail.sentThrough);
  return {
    mail: maskMail(role, mail),
    sentThroughName: mail.sentThrough === null ? null : (through?.name ?? "a deleted connection"),
    parts: seesPayloads(role) ? await readMail(raw) : null,
    source: maskValue(role, Buffer.from(raw).toString("utf8")),
  };
}
