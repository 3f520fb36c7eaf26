import { isUuid, newId, type WorkspaceId } from "#lib/core/ids.ts";
import type { Json } from "#lib/core/json.ts";
import type { OffTimes } from "#lib/core/missed-window.ts";
import type { FlowState } from "#lib/core/states.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";
import { canonicalJson } from "#lib/engine/canonical-json.ts";
import { type FlowDefinition, flowDefinitionSchema } from "#lib/engine/flow-definition.ts";

/** A published version's place in its flow. */
export type LiveVersion = { id: string; number: number };

/** A flow with its draft. `liveVersion` is what runs while the flow is on; null before the first publish. */
export type Flow = OffTimes & {
  id: string;
  name: string;
  state: FlowState;
  /** Since when it is off; null while it is on, or was never published. */
  offSince: Date | null;
  liveVersion: LiveVersion | null;
  draft: FlowDefinition;
  draftRevision: number;
  /** Who saved the draft last: a user's id, null for an API key. */
  draftBy: string | null;
  draftAt: Date;
  createdAt: Date;
  deletedAt: Date | null;
};

/** One flow of the workspace, or null; deleted ones only when asked for. */
export async function findFlow(
  workspaceId: WorkspaceId,
  id: string,
  options: { deleted?: boolean } = {},
  db: Db = prisma(),
): Promise<Flow | null> {
  if (!isUuid(id)) return null;
  const row = await db.flow.findFirst({ where: { workspaceId, id, ...deletedIs(options.deleted ?? false) } });
  return row === null ? null : ((await toFlows([row], db))[0] ?? null);
}

/** The workspace a flow belongs to, for who works on the server itself; null when there is no such flow. */
export async function findWorkspaceOfFlow(id: string, db: Db = prisma()): Promise<WorkspaceId | null> {
  if (!isUuid(id)) return null;
  const row = await db.flow.findFirst({ where: { id, deletedAt: null }, select: { workspaceId: true } });
  return row === null ? null : (row.workspaceId as WorkspaceId);
}

/** The workspace's flows, newest first; `deleted` lists the deleted ones instead. */
export async function listFlows(
  workspaceId: WorkspaceId,
  options: { deleted?: boolean; limit?: number; beforeId?: string } = {},
  db: Db = prisma(),
): Promise<Flow[]> {
  const rows = await db.flow.findMany({
    where: {
      workspaceId,
      ...deletedIs(options.deleted ?? false),
      ...(options.beforeId === undefined ? {} : { id: { lt: options.beforeId } }),
    },
    orderBy: { id: "desc" },
    ...(options.limit === undefined ? {} : { take: options.limit }),
  });
  return toFlows(rows, db);
}

/**
 * Ids and names of the workspace's newest 1,000 flows, newest first: for choosing one, without reading their drafts.
 */
export async function listFlowNames(
  workspaceId: WorkspaceId,
  db: Db = prisma(),
): Promise<{ id: string; name: string }[]> {
  const select = { id: true, name: true } as const;
  return db.flow.findMany({ where: { workspaceId, deletedAt: null }, orderBy: { id: "desc" }, take: 1_000, select });
}

/**
 * Waits for every other change of the flow and keeps others waiting until the transaction ends; null when there is
 * none.
 */
export async function lockFlow(
  workspaceId: WorkspaceId,
  id: string,
  options: { deleted?: boolean },
  db: Db,
): Promise<Flow | null> {
  if (!isUuid(id)) return null;
  await db.$queryRaw`SELECT id FROM flow WHERE id = ${id}::uuid AND workspace_id = ${workspaceId}::uuid FOR UPDATE`;
  return findFlow(workspaceId, id, options, db);
}

/** Makes a flow with its first draft; returns its id. */
export async function insertFlow(
  workspaceId: WorkspaceId,
  flow: { name: string; draft: FlowDefinition; draftBy: string | null },
  db: Db = prisma(),
): Promise<string> {
  const id = newId();
  await db.flow.create({
    data: { id, workspaceId, name: flow.name, draft: JSON.stringify(flow.draft), draftBy: flow.draftBy },
  });
  return id;
}

/** Replaces the draft if it still has `expectedRevision`; false when it has not. The new revision is one higher. */
export async function replaceDraft(
  workspaceId: WorkspaceId,
  id: string,
  change: { draft: FlowDefinition; draftBy: string | null; expectedRevision: number; now: Date },
  db: Db = prisma(),
): Promise<boolean> {
  const { count } = await db.flow.updateMany({
    where: { workspaceId, id, deletedAt: null, draftRevision: change.expectedRevision },
    data: {
      draft: JSON.stringify(change.draft),
      draftBy: change.draftBy,
      draftAt: change.now,
      draftRevision: { increment: 1 },
    },
  });
  return count === 1;
}

/** What of a flow changes beside its draft. */
export type FlowChange = Partial<Pick<Flow, "name" | "on" | "offSince" | "missedFrom" | "missedTo" | "deletedAt">> & {
  liveVersionId?: string;
};

/** Changes a flow's name, switch, live version or deletion; the caller holds its lock or does not care who wins. */
export async function updateFlow(
  workspaceId: WorkspaceId,
  id: string,
  change: FlowChange,
  db: Db = prisma(),
): Promise<void> {
  await db.flow.updateMany({ where: { workspaceId, id }, data: change });
}

type Row = {
  id: string;
  name: string;
  draft: string;
  draftRevision: number;
  draftBy: string | null;
  draftAt: Date;
  liveVersionId: string | null;
  on: boolean;
  offSince: Date | null;
  missedFrom: Date | null;
  missedTo: Date | null;
  createdAt: Date;
  deletedAt: Date | null;
};

async function toFlows(rows: Row[], db: Db): Promise<Flow[]> {
  const ids = rows.flatMap((row) => row.liveVersionId ?? []);
  const live = new Map<string, { id: string; number: number; definition: string }>();
  if (ids.length > 0) {
    const versions = await db.flowVersion.findMany({
      where: { id: { in: ids } },
      select: { id: true, number: true, definition: true },
    });
    for (const version of versions) live.set(version.id, version);
  }
  return rows.map(({ liveVersionId, draft: draftText, ...row }) => {
    const draft = flowDefinitionSchema.parse(JSON.parse(draftText));
    const version = liveVersionId === null ? undefined : live.get(liveVersionId);
    return {
      id: row.id,
      name: row.name,
      on: row.on,
      offSince: row.offSince,
      missedFrom: row.missedFrom,
      missedTo: row.missedTo,
      draftRevision: row.draftRevision,
      draftBy: row.draftBy,
      draftAt: row.draftAt,
      createdAt: row.createdAt,
      deletedAt: row.deletedAt,
      draft,
      liveVersion: version === undefined ? null : { id: version.id, number: version.number },
      state: stateOf(row.on, draft, version?.definition ?? null),
    };
  });
}

function stateOf(on: boolean, draft: FlowDefinition, liveDefinition: string | null): FlowState {
  if (liveDefinition === null) return "draft";
  if (!on) return "off";
  const isSame = canonicalJson(draft) === canonicalJson(JSON.parse(liveDefinition) as Json);
  return isSame ? "live" : "live with unpublished edits";
}

function deletedIs(deleted: boolean) {
  return { deletedAt: deleted ? { not: null } : null };
}
