import { createHash } from "node:crypto";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import type { Db } from "#lib/db/prisma.ts";
import { insertRun, type NewRun } from "#lib/db/runs.ts";

/** When a live flow starts by itself. `nextAt` null: never again. */
export type FlowSchedule = {
  flowId: string;
  workspaceId: WorkspaceId;
  versionId: string;
  cron: string;
  zone: string;
  missed: "none" | "last";
  nextAt: Date | null;
};

/** The schedule of a live flow, or null. */
export async function findFlowSchedule(workspaceId: WorkspaceId, flowId: string, db: Db): Promise<FlowSchedule | null> {
  return (await db.flowSchedule.findFirst({ where: { workspaceId, flowId } })) as FlowSchedule | null;
}

/** Stores the schedule of a flow that goes live. */
export async function insertFlowSchedule(schedule: FlowSchedule, db: Db): Promise<void> {
  await db.flowSchedule.create({ data: schedule });
}

/** Ends a flow's schedule; waits for a firing that is under way. */
export async function deleteFlowSchedule(workspaceId: WorkspaceId, flowId: string, db: Db): Promise<void> {
  await db.flowSchedule.deleteMany({ where: { workspaceId, flowId } });
}

/** Flows that are due by the database's clock, the longest waiting first. */
export async function listDueFlows(limit: number): Promise<string[]> {
  const { rows } = await pool().query<{ flow_id: string }>(
    "SELECT flow_id FROM flow_schedule WHERE next_at <= now() ORDER BY next_at LIMIT $1",
    [limit],
  );
  return rows.map((row) => row.flow_id);
}

/** A schedule that is due, held until the transaction ends. */
export type DueSchedule = FlowSchedule & { nextAt: Date; now: Date; flowName: string };

/** The schedule, locked, if it is still due and nobody else fires it; `now` is the database's. */
export async function lockDueSchedule(flowId: string, db: Db): Promise<DueSchedule | null> {
  const rows = await db.$queryRaw<DueSchedule[]>`
    SELECT s.flow_id::text AS "flowId", s.workspace_id::text AS "workspaceId", s.version_id::text AS "versionId",
      s.cron, s.zone, s.missed, s.next_at AS "nextAt", clock_timestamp()::timestamptz(3) AS "now", f.name AS "flowName"
    FROM flow_schedule s JOIN flow f ON f.id = s.flow_id
    WHERE s.flow_id = ${flowId}::uuid AND s.next_at <= now() FOR UPDATE OF s SKIP LOCKED`;
  return rows[0] ?? null;
}

/** Says when a flow is due next. */
export async function setNextTime(
  workspaceId: WorkspaceId,
  flowId: string,
  nextAt: Date | null,
  db: Db,
): Promise<void> {
  await db.flowSchedule.updateMany({ where: { workspaceId, flowId }, data: { nextAt } });
}

/** What starts a flow that no endpoint starts: `key` is unique for the flow; one of a key starts one run. */
export type OwnEvent = {
  workspaceId: WorkspaceId;
  flowId: string;
  versionId: string;
  key: string;
  eventType: "schedule" | "manual";
  body: string;
  at: Date;
  runKind: NewRun["kind"];
};

/**
 * Stores an event that came from the flow itself, whose id stands in the place of an endpoint's, with its run and the
 * run's job. Null when there is one of this key already.
 */
export async function insertOwnEventOnce(event: OwnEvent, db: Db): Promise<{ eventId: string; runId: string } | null> {
  const { workspaceId, flowId, versionId, key, eventType, at, runKind } = event;
  const [eventId, runId] = [newId(at), newId(at)];
  const body = Buffer.from(event.body);
  const contentType = "application/json";
  const { count } = await db.event.createMany({
    data: [
      {
        id: eventId,
        workspaceId,
        endpointId: flowId,
        dedupeKey: key,
        eventType,
        verdict: "accepted",
        verification: "not configured",
        method: "POST",
        contentType,
        bodyBytes: body.byteLength,
        bodySha256: createHash("sha256").update(body).digest(),
        receivedAt: at,
      },
    ],
    skipDuplicates: true,
  });
  if (count === 0) return null;
  const headers = JSON.stringify([["content-type", contentType]]);
  await db.eventPayload.create({ data: { eventId, workspaceId, path: "", query: "", headers, body } });
  const origin = { kind: runKind, replayOf: null, originRunId: runId, triggerDataId: null, itemIndex: null };
  await insertRun(workspaceId, { id: runId, flowId, versionId, eventId, endpointId: null, eventType, ...origin }, db);
  return { eventId, runId };
}
