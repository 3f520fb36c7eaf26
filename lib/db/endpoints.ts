import { databaseNow } from "#lib/core/database-time.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** An endpoint as stored; `settings` is EndpointSettings as JSON text. */
export type Endpoint = {
  id: string;
  token: string;
  name: string;
  provider: string;
  settings: string;
  /** Grows by one with every change. */
  revision: number;
  pausedAt: Date | null;
  deletedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

const SHOWN = {
  id: true,
  token: true,
  name: true,
  provider: true,
  settings: true,
  revision: true,
  pausedAt: true,
  deletedAt: true,
  createdAt: true,
  updatedAt: true,
} as const;

/** Stores a new endpoint. */
export async function insertEndpoint(
  workspaceId: WorkspaceId,
  endpoint: { id: string; token: string; name: string; provider: string; settings: string },
  db: Db = prisma(),
): Promise<Endpoint> {
  return db.endpoint.create({ data: { workspaceId, ...endpoint }, select: SHOWN });
}

/** An endpoint of the workspace, deleted ones included; null when it has none with this id. */
export async function findEndpoint(workspaceId: WorkspaceId, id: string, db: Db = prisma()): Promise<Endpoint | null> {
  return db.endpoint.findFirst({ where: { workspaceId, id }, select: SHOWN });
}

/** The workspace's endpoints that are not deleted, oldest first. */
export async function listEndpoints(workspaceId: WorkspaceId, db: Db = prisma()): Promise<Endpoint[]> {
  return db.endpoint.findMany({
    where: { workspaceId, deletedAt: null },
    select: SHOWN,
    orderBy: [{ createdAt: "asc" }, { id: "asc" }],
    take: 1_000,
  });
}

/** Endpoints deleted since `after`, newest first. */
export async function listDeletedEndpoints(
  workspaceId: WorkspaceId,
  after: Date,
  db: Db = prisma(),
): Promise<Endpoint[]> {
  return db.endpoint.findMany({
    where: { workspaceId, deletedAt: { gt: after } },
    select: SHOWN,
    orderBy: { deletedAt: "desc" },
    take: 100,
  });
}

/**
 * Changes an endpoint and adds one to its revision; with `revision` only when it still stands there. Null when there is
 * no such endpoint or somebody else changed it in between.
 */
export async function changeEndpoint(
  workspaceId: WorkspaceId,
  id: string,
  change: Partial<Pick<Endpoint, "name" | "provider" | "settings" | "pausedAt" | "deletedAt">>,
  expected: { revision?: number } = {},
  db: Db = prisma(),
): Promise<Endpoint | null> {
  const { count } = await db.endpoint.updateMany({
    where: { workspaceId, id, ...expected },
    data: { ...change, revision: { increment: 1 }, updatedAt: databaseNow() },
  });
  return count === 0 ? null : findEndpoint(workspaceId, id, db);
}
