import type { WorkspaceId } from "#lib/core/ids.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A signing secret without its text: what may be shown. */
export type EndpointSecret = {
  id: string;
  label: string;
  endsIn: string;
  verifiedCount: number;
  lastVerifiedAt: Date | null;
  createdAt: Date;
  retiredAt: Date | null;
};

const SHOWN = {
  id: true,
  label: true,
  endsIn: true,
  verifiedCount: true,
  lastVerifiedAt: true,
  createdAt: true,
  retiredAt: true,
} as const;

/** Stores a sealed secret of an endpoint. */
export async function insertEndpointSecret(
  workspaceId: WorkspaceId,
  endpointId: string,
  secret: { id: string; label: string; sealed: Uint8Array<ArrayBuffer>; endsIn: string },
  db: Db = prisma(),
): Promise<void> {
  await db.endpointSecret.create({ data: { workspaceId, endpointId, ...secret } });
}

/** The secrets of an endpoint, newest first, retired ones last. */
export async function listEndpointSecrets(
  workspaceId: WorkspaceId,
  endpointId: string,
  db: Db = prisma(),
): Promise<EndpointSecret[]> {
  const rows = await db.endpointSecret.findMany({
    where: { workspaceId, endpointId },
    select: SHOWN,
    orderBy: [{ retiredAt: { sort: "desc", nulls: "first" } }, { id: "desc" }],
    take: 50,
  });
  return rows.map((row) => ({ ...row, verifiedCount: Number(row.verifiedCount) }));
}

/** The sealed active secrets of an endpoint, newest first. */
export async function listSealedSecrets(
  workspaceId: WorkspaceId,
  endpointId: string,
  db: Db = prisma(),
): Promise<Array<{ id: string; label: string; endsIn: string; sealed: Uint8Array }>> {
  return db.endpointSecret.findMany({
    where: { workspaceId, endpointId, retiredAt: null },
    select: { id: true, label: true, endsIn: true, sealed: true },
    orderBy: { id: "desc" },
  });
}

/** Retires a secret: it verifies nothing from now on. False when there is no such active secret. */
export async function retireEndpointSecret(
  workspaceId: WorkspaceId,
  endpointId: string,
  id: string,
  now: Date,
  db: Db = prisma(),
): Promise<boolean> {
  const { count } = await db.endpointSecret.updateMany({
    where: { workspaceId, endpointId, id, retiredAt: null },
    data: { retiredAt: now },
  });
  return count > 0;
}

/** An endpoint with more than one active secret; `settings` is JSON text. */
export type RotatingEndpoint = { id: string; workspaceId: WorkspaceId; settings: string };

/** The endpoints of all workspaces that are in the middle of changing their secret. */
export async function listRotatingEndpoints(db: Db = prisma()): Promise<RotatingEndpoint[]> {
  const rotating = await db.endpointSecret.groupBy({
    by: ["endpointId"],
    where: { retiredAt: null },
    having: { endpointId: { _count: { gt: 1 } } },
  });
  const rows = await db.endpoint.findMany({
    where: { id: { in: rotating.map(({ endpointId }) => endpointId) }, deletedAt: null },
    select: { id: true, workspaceId: true, settings: true },
  });
  return rows.map((row) => ({ ...row, workspaceId: row.workspaceId as WorkspaceId }));
}
