import { MINUTE } from "#lib/core/units.ts";
import {
  type DueSchedule,
  insertOwnEventOnce,
  listDueFlows,
  lockDueSchedule,
  setNextTime,
} from "#lib/db/flow-schedules.ts";
import { inTransaction } from "#lib/db/in-transaction.ts";
import { announce } from "#lib/db/live.ts";
import { lastTime, nextTime } from "#lib/engine/schedule/next-time.ts";
import { log } from "#lib/platform/log.ts";

/** A due time that nobody looked at for longer counts as missed: Hookline was down. */
const LATE_MS_MAX = 1 * MINUTE;

const FLOWS_AT_ONCE = 200;

/**
 * Starts a run for every schedule that is due by the database's clock; returns how many. Run, event and next due time
 * are written together, under a lock and a key of the due time: however many processes do this, each starts one run.
 */
export async function fireSchedules(): Promise<number> {
  let fired = 0;
  for (const flowId of await listDueFlows(FLOWS_AT_ONCE)) {
    try {
      if (await fire(flowId)) fired += 1;
    } catch (error) {
      // One flow's schedule must not hold up the others.
      log().error({ error, flowId }, "a scheduled run could not be started; it is tried again");
    }
  }
  return fired;
}

async function fire(flowId: string): Promise<boolean> {
  const started = await inTransaction(async (db) => {
    const due = await lockDueSchedule(flowId, db);
    if (due === null) return null;
    await setNextTime(due.workspaceId, flowId, nextTime(due, due.now), db);
    const dueAt = lastTime(due, due.nextAt, due.now);
    const isMissed = due.now.getTime() - dueAt.getTime() > LATE_MS_MAX;
    if (isMissed && due.missed === "none") return null;
    const run = await insertOwnEventOnce(eventOf(due, dueAt), db);
    return run === null ? null : due.workspaceId;
  });
  if (started === null) return false;
  announce(started, "runs");
  announce(started, `flow:${flowId}`);
  return true;
}

function eventOf(due: DueSchedule, dueAt: Date): Parameters<typeof insertOwnEventOnce>[0] {
  const { workspaceId, flowId, versionId, flowName, now } = due;
  const scheduledFor = dueAt.toISOString();
  const body = JSON.stringify({ scheduledFor, firedAt: now.toISOString(), flow: { id: flowId, name: flowName } });
  const key = `schedule:${scheduledFor}`;
  return { workspaceId, flowId, versionId, key, eventType: "schedule", body, at: now, runKind: "event" };
}
