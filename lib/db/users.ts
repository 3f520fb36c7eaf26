import type { WorkspaceId } from "#lib/core/ids.ts";
import type { Role } from "#lib/core/roles.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A person's account, without the hash of the password. */
export type User = { id: string; email: string; name: string; sessionVersion: number };

/** A person's place in one workspace. */
export type Membership = { workspaceId: WorkspaceId; workspaceName: string; role: Role };

/** The form in which addresses are stored and compared: NFKC, no surrounding blanks, lower case. */
export function normalizeEmail(email: string): string {
  return email.normalize("NFKC").trim().toLowerCase();
}

/** How many accounts the instance has. */
export async function countUsers(db: Db = prisma()): Promise<number> {
  return db.user.count();
}

/** The account of an address with its password's hash, or null. The address is normalized here. */
export async function findUserByEmail(
  email: string,
  db: Db = prisma(),
): Promise<(User & { passwordHash: string | null }) | null> {
  return db.user.findUnique({
    where: { email: normalizeEmail(email) },
    select: { id: true, email: true, name: true, sessionVersion: true, passwordHash: true },
  });
}

/** An account with its password's hash, or null. */
export async function findUser(
  id: string,
  db: Db = prisma(),
): Promise<(User & { passwordHash: string | null }) | null> {
  return db.user.findUnique({
    where: { id },
    select: { id: true, email: true, name: true, sessionVersion: true, passwordHash: true },
  });
}

/**
 * An account and the workspaces it belongs to now, oldest membership first, or null. What every session is checked
 * against.
 */
export async function findUserWithMemberships(
  id: string,
  db: Db = prisma(),
): Promise<(User & { lastSeenAt: Date | null; memberships: Membership[] }) | null> {
  const row = await db.user.findUnique({
    where: { id },
    select: {
      id: true,
      email: true,
      name: true,
      sessionVersion: true,
      lastSeenAt: true,
      members: {
        where: { workspace: { deletedAt: null } },
        orderBy: [{ createdAt: "asc" }, { workspaceId: "asc" }],
        select: { workspaceId: true, role: true, workspace: { select: { name: true } } },
      },
    },
  });
  if (row === null) return null;
  const { members, ...user } = row;
  return {
    ...user,
    memberships: members.map((member) => ({
      workspaceId: member.workspaceId as WorkspaceId,
      workspaceName: member.workspace.name,
      role: member.role as Role,
    })),
  };
}

/** Makes an account; the address must be free (unique index). */
export async function insertUser(
  user: { id: string; email: string; name?: string; passwordHash: string | null },
  db: Db = prisma(),
): Promise<void> {
  await db.user.create({
    data: { id: user.id, email: normalizeEmail(user.email), name: user.name ?? "", passwordHash: user.passwordHash },
  });
}

/** Replaces the password's hash and ends every session; returns the new session version. */
export async function setPasswordHash(userId: string, passwordHash: string, db: Db = prisma()): Promise<number> {
  const row = await db.user.update({
    where: { id: userId },
    data: { passwordHash, sessionVersion: { increment: 1 } },
    select: { sessionVersion: true },
  });
  return row.sessionVersion;
}

/** Ends every session of the account; returns the new session version. */
export async function raiseSessionVersion(userId: string, db: Db = prisma()): Promise<number> {
  const row = await db.user.update({
    where: { id: userId },
    data: { sessionVersion: { increment: 1 } },
    select: { sessionVersion: true },
  });
  return row.sessionVersion;
}

/** Notes that the account was used at `now`. */
export async function touchLastSeen(userId: string, now: Date, db: Db = prisma()): Promise<void> {
  await db.user.updateMany({ where: { id: userId }, data: { lastSeenAt: now } });
}
