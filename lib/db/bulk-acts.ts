import type { Actor } from "#lib/core/actor.ts";
import type { WorkspaceId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** What can be done to many runs. */
export type BulkKind = "resume" | "replay" | "cancel";

/** One act on many runs. */
export type BulkAct = {
  id: string;
  workspaceId: WorkspaceId;
  kind: BulkKind;
  actor: { kind: Actor["kind"]; id: string };
  /** As it was asked for, for showing: which runs it is about was settled when they were counted. */
  filter: JsonObject;
  /** "original", "live" or the id of a version. */
  version: string;
  perSecond: number;
  /** Counted: its runs are settled, and it waits to be started. */
  state: "counted" | "running" | "paused" | "canceled" | "done";
  /** Why it ended before its last run, where nobody canceled it. */
  stopReason: string | null;
  total: number;
  done: number;
  refused: number;
  createdAt: Date;
  endedAt: Date | null;
};

/** One act of the workspace, or null. */
export async function findBulkAct(workspaceId: WorkspaceId, id: string, db: Db = prisma()): Promise<BulkAct | null> {
  const row = await db.bulkAct.findFirst({ where: { workspaceId, id } });
  return row === null ? null : toBulkAct(row);
}

/** The acts of the workspace that were started, newest first; only those older than one when it is given. */
export async function listBulkActs(
  workspaceId: WorkspaceId,
  page: { limit: number; beforeId?: string },
  db: Db = prisma(),
): Promise<BulkAct[]> {
  const rows = await db.bulkAct.findMany({
    where: {
      workspaceId,
      state: { not: "counted" },
      ...(page.beforeId === undefined ? {} : { id: { lt: page.beforeId } }),
    },
    orderBy: { id: "desc" },
    take: page.limit,
  });
  return rows.map(toBulkAct);
}

/** The acts a page shows: those under way or paused, and those that ended since a moment; newest first, at most 10. */
export async function listRecentBulkActs(workspaceId: WorkspaceId, since: Date, db: Db = prisma()): Promise<BulkAct[]> {
  const rows = await db.bulkAct.findMany({
    where: { workspaceId, OR: [{ state: { in: ["running", "paused"] } }, { endedAt: { gte: since } }] },
    orderBy: { id: "desc" },
    take: 10,
  });
  return rows.map(toBulkAct);
}

/** How many acts of the workspace are under way or paused. */
export async function countOpenBulkActs(workspaceId: WorkspaceId, db: Db): Promise<number> {
  return db.bulkAct.count({ where: { workspaceId, state: { in: ["running", "paused"] } } });
}

/** Changes an act that is in one of `from`; null when it is not. Waits for the runs it is at, a second at most. */
export async function changeBulkAct(
  workspaceId: WorkspaceId,
  id: string,
  from: readonly BulkAct["state"][],
  change: Partial<Pick<BulkAct, "state" | "version" | "perSecond" | "endedAt">>,
  db: Db,
): Promise<BulkAct | null> {
  const rows = await db.bulkAct.updateManyAndReturn({
    where: { workspaceId, id, state: { in: [...from] } },
    data: change,
  });
  return rows[0] === undefined ? null : toBulkAct(rows[0]);
}

/** Why runs of an act could not be acted on: how many of each reason and words, the commonest first, with five runs. */
export type RefusedReason = { reason: string; words: string; count: number; runIds: string[] };

/** The refused runs of an act of the workspace by reason, the 20 commonest. */
export async function listRefusedReasons(
  workspaceId: WorkspaceId,
  id: string,
  db: Db = prisma(),
): Promise<RefusedReason[]> {
  return db.$queryRaw<RefusedReason[]>`
    SELECT i.reason, i.words, count(*)::int AS count,
      (array_agg(i.run_id::text ORDER BY i.number))[1:5] AS "runIds"
    FROM bulk_act a JOIN bulk_item i ON i.bulk_id = a.id AND i.state = 'refused'
    WHERE a.id = ${id}::uuid AND a.workspace_id = ${workspaceId}::uuid
    GROUP BY i.reason, i.words ORDER BY count(*) DESC, i.words LIMIT 20`;
}

/** How many runs of an act are in each state now, and its first ten runs. */
export async function describeBulkRuns(
  workspaceId: WorkspaceId,
  id: string,
  db: Db = prisma(),
): Promise<{ states: Record<string, number>; sample: string[] }> {
  const rows = await db.$queryRaw<{ status: string; count: number }[]>`
    SELECT r.status, count(*)::int AS count FROM bulk_item i JOIN run r ON r.id = i.run_id
    WHERE i.bulk_id = ${id}::uuid AND r.workspace_id = ${workspaceId}::uuid GROUP BY r.status ORDER BY count(*) DESC`;
  const first = await db.bulkItem.findMany({ where: { bulkId: id }, orderBy: { number: "asc" }, take: 10 });
  return {
    states: Object.fromEntries(rows.map(({ status, count }) => [status, count])),
    sample: first.map(({ runId }) => runId),
  };
}

type BulkRow = NonNullable<Awaited<ReturnType<Db["bulkAct"]["findFirst"]>>>;

function toBulkAct({ actorKind, actorId, nextAt: _nextAt, ...row }: BulkRow): BulkAct {
  return {
    ...row,
    workspaceId: row.workspaceId as WorkspaceId,
    kind: row.kind as BulkKind,
    actor: { kind: actorKind as Actor["kind"], id: actorId },
    state: row.state as BulkAct["state"],
    filter: JSON.parse(row.filter) as JsonObject,
  };
}
