import { isUuid, type WorkspaceId } from "#lib/core/ids.ts";
import { type RunState, TERMINAL_RUN_STATES } from "#lib/core/states.ts";
import { CLAIMS_SUSPECT } from "#lib/db/claims.ts";
import { type Db, prisma } from "#lib/db/prisma.ts";

/** A run as lists and heads of pages show it. */
export type Run = {
  id: string;
  flowId: string;
  flowName: string;
  versionId: string;
  versionNumber: number | null;
  eventId: string;
  endpointId: string | null;
  kind: "event" | "replay" | "test";
  status: RunState;
  name: string | null;
  eventType: string | null;
  replayOf: string | null;
  originRunId: string;
  /** The item of a split event it is about, from 0, and how many the event has; null = the whole event. */
  item: { index: number; count: number } | null;
  /** Whether it runs with another body than its event's, or its item's. */
  hasOwnBody: boolean;
  /** Whether it is known that the body it went through is not what its headers say. */
  bodyDeviates: boolean;
  wakeAt: Date | null;
  errorCode: string | null;
  errorMessage: string | null;
  failedStep: string | null;
  /** Effects done, by kind: {"http": 2, "email": 1}. */
  effectCounts: Record<string, number>;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
};

/** One run of the workspace, or null. */
export async function findRun(workspaceId: WorkspaceId, id: string, db: Db = prisma()): Promise<Run | null> {
  if (!isUuid(id)) return null;
  const row = await db.run.findFirst({ where: { workspaceId, id, kind: { not: "canary" } } });
  return row === null ? null : ((await toRuns(workspaceId, [row], db))[0] ?? null);
}

/** The runs of these ids that the workspace has, in the order of the ids. */
export async function findRuns(workspaceId: WorkspaceId, ids: readonly string[], db: Db = prisma()): Promise<Run[]> {
  if (ids.length === 0) return [];
  const rows = await db.run.findMany({ where: { workspaceId, id: { in: [...ids] } } });
  const found = new Map((await toRuns(workspaceId, rows, db)).map((run) => [run.id, run]));
  return ids.flatMap((id) => found.get(id) ?? []);
}

/** A locked run: nothing else changes it until the transaction ends. */
export type LockedRun = {
  id: string;
  flowId: string;
  versionId: string;
  status: RunState;
  leased: boolean;
  failedStep: string | null;
};

/** Locks a run of the workspace against everybody else, its worker included; null when there is none. */
export async function lockRun(workspaceId: WorkspaceId, id: string, db: Db): Promise<LockedRun | null> {
  if (!isUuid(id)) return null;
  const rows = await db.$queryRaw<
    {
      id: string;
      flow_id: string;
      version_id: string;
      status: RunState;
      leased: boolean;
      failed_step: string | null;
    }[]
  >`
    SELECT id, flow_id, version_id, status, lease_token IS NOT NULL AS leased, failed_step FROM run
    WHERE id = ${id}::uuid AND workspace_id = ${workspaceId}::uuid AND kind <> 'canary' FOR NO KEY UPDATE`;
  const row = rows[0];
  return row === undefined
    ? null
    : {
        id: row.id,
        flowId: row.flow_id,
        versionId: row.version_id,
        status: row.status,
        leased: row.leased,
        failedStep: row.failed_step,
      };
}

/**
 * Makes a locked run wait for a worker again and adds its job, in the same transaction. One that was quarantined stays
 * suspect: it may not take two more workers down.
 */
export async function queueRunAgain(workspaceId: WorkspaceId, id: string, db: Db): Promise<void> {
  await db.$executeRaw`
    UPDATE run SET status = 'queued', wake_at = NULL, faults = 0,
      claims = CASE WHEN error_code = 'quarantined' THEN ${CLAIMS_SUSPECT}::int ELSE 0 END,
      error_code = NULL, error_message = NULL, failed_step = NULL, finished_at = NULL
    WHERE id = ${id}::uuid AND workspace_id = ${workspaceId}::uuid`;
  await addRunJob(id, db);
}

/** Ends a locked run as canceled and takes its lease: its worker can write nothing more. */
export async function cancelLockedRun(workspaceId: WorkspaceId, id: string, db: Db): Promise<void> {
  await db.$executeRaw`
    UPDATE run SET status = 'canceled', lease_token = NULL, lease_pool = NULL, wake_at = NULL, finished_at = now()
    WHERE id = ${id}::uuid AND workspace_id = ${workspaceId}::uuid`;
}

/** What a new run is made of. */
export type NewRun = {
  id: string;
  flowId: string;
  versionId: string;
  eventId: string;
  eventType: string | null;
  endpointId: string | null;
  kind: "event" | "replay" | "test";
  replayOf: string | null;
  /** Whose keys its effects carry: its own id, or the first run's. */
  originRunId: string;
  triggerDataId: string | null;
  itemIndex: number | null;
};

/** Stores a run and its job together. */
export async function insertRun(workspaceId: WorkspaceId, run: NewRun, db: Db): Promise<void> {
  await db.run.create({ data: { workspaceId, ...run } });
  await addRunJob(run.id, db);
}

/** Adds the job of a run that is due, in the transaction of what made it so. */
export async function addRunJob(runId: string, db: Db): Promise<void> {
  await db.$executeRaw`
    SELECT FROM graphile_worker.add_job('run', json_build_object('runId', ${runId}::uuid), max_attempts => 32767)`;
}

/** Whether a run in this state can still change by itself or by a worker. */
export function isTerminal(status: RunState): boolean {
  return (TERMINAL_RUN_STATES as readonly RunState[]).includes(status);
}

type RunRow = Awaited<ReturnType<ReturnType<typeof prisma>["run"]["findMany"]>>[number];

async function toRuns(workspaceId: WorkspaceId, rows: readonly RunRow[], db: Db): Promise<Run[]> {
  const flowIds = [...new Set(rows.map((row) => row.flowId))];
  const versionIds = [...new Set(rows.map((row) => row.versionId))];
  const flows = new Map(
    (await db.flow.findMany({ where: { workspaceId, id: { in: flowIds } }, select: { id: true, name: true } })).map(
      (flow) => [flow.id, flow.name],
    ),
  );
  const versions = new Map(
    (
      await db.flowVersion.findMany({
        where: { workspaceId, id: { in: versionIds } },
        select: { id: true, number: true },
      })
    ).map((version) => [version.id, version.number]),
  );
  const counts = await countItems(workspaceId, rows, db);
  return rows.map((row) => ({
    id: row.id,
    item: row.itemIndex === null ? null : { index: row.itemIndex, count: counts.get(row.eventId) ?? 0 },
    flowId: row.flowId,
    flowName: flows.get(row.flowId) ?? "",
    versionId: row.versionId,
    versionNumber: versions.get(row.versionId) ?? null,
    eventId: row.eventId,
    endpointId: row.endpointId,
    kind: row.kind as Run["kind"],
    status: row.status as RunState,
    name: row.name,
    eventType: row.eventType,
    replayOf: row.replayOf,
    originRunId: row.originRunId,
    hasOwnBody: row.triggerDataId !== null,
    bodyDeviates: row.bodyDeviates === true,
    wakeAt: row.wakeAt,
    errorCode: row.errorCode,
    errorMessage: row.errorMessage,
    failedStep: row.failedStep,
    effectCounts: JSON.parse(row.effectCounts) as Record<string, number>,
    createdAt: row.createdAt,
    startedAt: row.startedAt,
    finishedAt: row.finishedAt,
  }));
}

/** How many items the split events of some runs have, by event. */
async function countItems(workspaceId: WorkspaceId, rows: readonly RunRow[], db: Db): Promise<Map<string, number>> {
  const ids = [...new Set(rows.filter((row) => row.itemIndex !== null).map((row) => row.eventId))];
  if (ids.length === 0) return new Map();
  const events = await db.event.findMany({
    where: { workspaceId, id: { in: ids } },
    select: { id: true, itemCount: true },
  });
  return new Map(events.map((event) => [event.id, event.itemCount ?? 0]));
}
