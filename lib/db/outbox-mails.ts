import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A mail kept in the product, without its bytes. */
export type OutboxMail = {
  id: string;
  runId: string | null;
  path: string | null;
  messageId: string;
  sender: string;
  recipients: string[];
  subject: string;
  bytes: number;
  createdAt: Date;
  sentAt: Date | null;
  /** The connection it was sent through for real. */
  sentThrough: string | null;
};

/** What is kept of a mail that was composed and not sent. */
export type NewOutboxMail = {
  runId: string | null;
  path: string | null;
  messageId: string;
  sender: string;
  recipients: readonly string[];
  subject: string;
  raw: string;
};

/** Keeps a mail once per Message-ID; returns the id it has, and whether it is new. */
export async function insertOutboxMailOnce(
  workspaceId: WorkspaceId,
  mail: NewOutboxMail,
  db: Db = prisma(),
): Promise<{ id: string; isNew: boolean }> {
  const id = newId();
  const { count } = await db.outboxMail.createMany({
    data: [
      { ...mail, id, workspaceId, recipients: JSON.stringify(mail.recipients), raw: Buffer.from(mail.raw, "utf8") },
    ],
    skipDuplicates: true,
  });
  if (count === 1) return { id, isNew: true };
  const first = await db.outboxMail.findFirstOrThrow({
    where: { workspaceId, messageId: mail.messageId },
    select: { id: true },
  });
  return { id: first.id, isNew: false };
}

/** Newest first, before `beforeId` when given. */
export async function listOutboxMails(
  workspaceId: WorkspaceId,
  page: { limit: number; beforeId?: string },
  db: Db = prisma(),
): Promise<OutboxMail[]> {
  const rows = await db.$queryRaw<Row[]>`
    SELECT id::text, run_id::text AS "runId", path, message_id AS "messageId", sender, recipients, subject,
           octet_length(raw) AS bytes, created_at AS "createdAt", sent_at AS "sentAt",
           sent_through::text AS "sentThrough"
    FROM outbox_mail
    WHERE workspace_id = ${workspaceId}::uuid
      AND (${page.beforeId ?? null}::uuid IS NULL OR id < ${page.beforeId ?? null}::uuid)
    ORDER BY outbox_mail.id DESC LIMIT ${page.limit}`;
  return rows.map(toMail);
}

/** One mail with its bytes, or null. */
export async function findOutboxMail(
  workspaceId: WorkspaceId,
  id: string,
  db: Db = prisma(),
): Promise<(OutboxMail & { raw: Uint8Array }) | null> {
  const row = await db.outboxMail.findFirst({ where: { workspaceId, id } });
  return row === null ? null : { ...toMail({ ...row, bytes: row.raw.length }), raw: row.raw };
}

/** Notes that a mail went out for real; false when it had already. */
export async function setOutboxMailSent(
  workspaceId: WorkspaceId,
  id: string,
  sentThrough: string,
  now: Date,
  db: Db = prisma(),
): Promise<boolean> {
  const { count } = await db.outboxMail.updateMany({
    where: { workspaceId, id, sentAt: null },
    data: { sentAt: now, sentThrough },
  });
  return count === 1;
}

/** Takes the note back after a try that certainly sent nothing. */
export async function clearOutboxMailSent(workspaceId: WorkspaceId, id: string, db: Db = prisma()): Promise<void> {
  await db.outboxMail.updateMany({ where: { workspaceId, id }, data: { sentAt: null, sentThrough: null } });
}

type Row = Omit<OutboxMail, "recipients"> & { recipients: string };

function toMail(row: Row): OutboxMail {
  const { id, runId, path, messageId, sender, subject, bytes, createdAt, sentAt, sentThrough } = row;
  return {
    id,
    runId,
    path,
    messageId,
    sender,
    subject,
    bytes,
    createdAt,
    sentAt,
    sentThrough,
    recipients: JSON.parse(row.recipients) as string[],
  };
}
