import type { WorkspaceId } from "#lib/core/ids.ts";
import { isAtLeast, type Role } from "#lib/core/roles.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** An API key as lists show it: never the key, never its hash. `createdByEmail` is null when the maker left. */
export type ApiKey = {
  id: string;
  name: string;
  prefix: string;
  role: Role;
  createdBy: string | null;
  createdByEmail: string | null;
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

/** What a presented key stands for. `role` is already cut to what its maker may do today. */
export type KeyHolder = { id: string; workspaceId: WorkspaceId; role: Role; lastUsedAt: Date | null };

/**
 * Whom a key's SHA-256 belongs to, or null: unknown, revoked, its workspace deleted, or its maker no longer a member
 * (a key never may more than its maker, so then it may nothing).
 */
export async function findKeyHolder(hash: Uint8Array<ArrayBuffer>, db: Db = prisma()): Promise<KeyHolder | null> {
  return holderOf(await db.apiKey.findUnique({ where: { hash } }), db);
}

/** What a key of the workspace may do today, or null as above. */
export async function findKeyRole(workspaceId: WorkspaceId, id: string, db: Db = prisma()): Promise<Role | null> {
  return (await holderOf(await db.apiKey.findFirst({ where: { workspaceId, id } }), db))?.role ?? null;
}

type KeyRow = Awaited<ReturnType<Db["apiKey"]["findUnique"]>>;

async function holderOf(key: KeyRow, db: Db): Promise<KeyHolder | null> {
  if (key === null || key.revokedAt !== null || key.createdBy === null) return null;
  const maker = await db.member.findFirst({
    where: { workspaceId: key.workspaceId, userId: key.createdBy, workspace: { deletedAt: null } },
    select: { role: true },
  });
  if (maker === null) return null;
  const [own, makers] = [key.role as Role, maker.role as Role];
  return {
    id: key.id,
    workspaceId: key.workspaceId as WorkspaceId,
    role: isAtLeast(makers, own) ? own : makers,
    lastUsedAt: key.lastUsedAt,
  };
}

/** Every key of a workspace, newest first, revoked ones included. */
export async function listApiKeys(workspaceId: WorkspaceId, db: Db = prisma()): Promise<ApiKey[]> {
  const rows = await db.apiKey.findMany({
    where: { workspaceId },
    orderBy: { id: "desc" },
    omit: { hash: true, workspaceId: true },
  });
  const makers = await db.member.findMany({
    where: { workspaceId, userId: { in: rows.flatMap((row) => row.createdBy ?? []) } },
    select: { userId: true, user: { select: { email: true } } },
  });
  const emails = new Map(makers.map((maker) => [maker.userId, maker.user.email]));
  return rows.map((row) => ({
    ...row,
    role: row.role as Role,
    createdByEmail: row.createdBy === null ? null : (emails.get(row.createdBy) ?? null),
  }));
}

/** Stores a new key by its hash. */
export async function insertApiKey(
  workspaceId: WorkspaceId,
  key: { id: string; name: string; prefix: string; hash: Uint8Array<ArrayBuffer>; role: Role; createdBy: string },
  db: Db = prisma(),
): Promise<void> {
  await db.apiKey.create({ data: { ...key, workspaceId } });
}

/** Revokes a key; false when the workspace has no such key. Revoking twice keeps the first time. */
export async function revokeApiKeyRow(
  workspaceId: WorkspaceId,
  id: string,
  now: Date,
  db: Db = prisma(),
): Promise<boolean> {
  const known = await db.apiKey.count({ where: { workspaceId, id } });
  if (known === 0) return false;
  await db.apiKey.updateMany({ where: { workspaceId, id, revokedAt: null }, data: { revokedAt: now } });
  return true;
}

/** Notes that a key was used at `now`. */
export async function touchApiKey(id: string, now: Date, db: Db = prisma()): Promise<void> {
  await db.apiKey.updateMany({ where: { id }, data: { lastUsedAt: now } });
}
