import { beforeAll, beforeEach, expect, it } from "vitest";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { findFlowProblems } from "#lib/commands/flows/find-flow-problems.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { saveDraft } from "#lib/commands/flows/save-draft.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { runNow } from "#lib/commands/runs/run-now.ts";
import { pool } from "#lib/db/pool.ts";
import { listRuns } from "#lib/db/run-list.ts";
import { findRun } from "#lib/db/runs.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { fireSchedules } from "#lib/upkeep/fire-schedules.ts";
import { useCalledRuns } from "#tests/support/called-runs.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";
import { makeTenant, type Tenant } from "../api/tenant.ts";

useTestDatabase();
const runs = useCalledRuns();
let tenant: Tenant;
beforeAll(async () => void (tenant = await makeTenant("clock")));
beforeEach(() => pool().query("DELETE FROM flow_schedule"));

type Trigger = FlowDefinition["trigger"];
const scheduled = (cron: string, missed: "none" | "last" = "none"): Trigger => ({
  kind: "schedule",
  endpointId: null,
  eventTypes: [],
  filter: null,
  schedule: { cron, zone: "UTC", missed },
});
const definitionOf = (trigger: Trigger): FlowDefinition => ({
  schema: 1,
  trigger,
  runName: "",
  steps: [runs.post("tick")],
});

async function publish(trigger: Trigger): Promise<string> {
  const { id } = await createFlow(tenant.owner, { name: "Tick", definition: definitionOf(trigger) });
  await publishFlow(tenant.owner, id, { expectedVersion: 0 });
  return id;
}

/** Moves the next due time, as if the clock had moved on. */
async function dueAt(flowId: string, time: string): Promise<void> {
  await pool().query(`UPDATE flow_schedule SET next_at = ${time} WHERE flow_id = $1`, [flowId]);
}

const runsOf = async (flowId: string) =>
  (await listRuns(tenant.owner.workspaceId, { flowId }, { limit: 50 }, "anybody")).map(({ id }) => id);
async function nextOf(flowId: string): Promise<Date | null | undefined> {
  const { rows } = await pool().query("SELECT next_at FROM flow_schedule WHERE flow_id = $1", [flowId]);
  return rows[0]?.next_at;
}
const JUST_NOW = "now() - interval '2 seconds'";

it("starts one run for a due time, however many look, and hands it what it was for", async () => {
  const flowId = await publish(scheduled("0 0 1 1 *"));
  await fireSchedules();
  expect(await runsOf(flowId)).toEqual([]);
  await dueAt(flowId, JUST_NOW);
  await Promise.all(Array.from({ length: 8 }, fireSchedules));
  await fireSchedules();
  const [runId = "", ...more] = await runsOf(flowId);
  expect(more).toEqual([]);
  expect((await nextOf(flowId))?.getTime()).toBeGreaterThan(Date.now() - 1_000);
  await workOnRun(runId);
  expect(await findRun(tenant.owner.workspaceId, runId)).toMatchObject({
    status: "succeeded",
    kind: "event",
    eventType: "schedule",
    endpointId: null,
  });
  const body = JSON.parse(runs.hitsOf("tick").at(-1)?.body.toString() ?? "");
  expect(body).toEqual({ scheduledFor: body.scheduledFor, firedAt: body.firedAt, flow: { id: flowId, name: "Tick" } });
  expect(Date.parse(body.firedAt) - Date.parse(body.scheduledFor)).toBeGreaterThanOrEqual(0);
  const again = await replayRun(tenant.owner, { runId, version: "original" });
  await workOnRun(again.runId);
  expect(await findRun(tenant.owner.workspaceId, again.runId)).toMatchObject({ status: "succeeded" });
});

it("starts no second run for a time when the note of the next one was lost, and none by halves", async () => {
  const flowId = await publish(scheduled("0 0 1 1 *"));
  await dueAt(flowId, JUST_NOW);
  const { rows } = await pool().query(`SELECT next_at FROM flow_schedule WHERE flow_id = $1`, [flowId]);
  // A job cannot be added: event, run and next due time are taken back together, and it is tried again.
  await pool().query("ALTER FUNCTION graphile_worker.add_job RENAME TO add_job_away");
  expect(await fireSchedules()).toBe(0);
  await pool().query("ALTER FUNCTION graphile_worker.add_job_away RENAME TO add_job");
  expect([await runsOf(flowId), await nextOf(flowId)]).toEqual([[], rows[0].next_at]);
  expect(await fireSchedules()).toBe(1);
  await pool().query("UPDATE flow_schedule SET next_at = $2 WHERE flow_id = $1", [flowId, rows[0].next_at]);
  await fireSchedules();
  expect(await runsOf(flowId)).toHaveLength(1);
});

it("leaves out what was missed, or runs once for the last of it", async () => {
  const [none, last] = [await publish(scheduled("0 0 1 * *")), await publish(scheduled("0 0 1 * *", "last"))];
  for (const flowId of [none, last]) await dueAt(flowId, "date_trunc('month', now()) - interval '3 months'");
  // On the first of a month at midnight the last one is not missed but due.
  await fireSchedules();
  const { rows } = await pool().query<{ late: boolean; month: Date }>(
    `SELECT now() - date_trunc('month', now(), 'UTC') > interval '1 minute' AS late,
      date_trunc('month', now(), 'UTC') AS month`,
  );
  expect(await runsOf(none)).toHaveLength(rows[0]?.late === true ? 0 : 1);
  const events = await pool().query("SELECT dedupe_key FROM event WHERE endpoint_id = $1", [last]);
  expect(events.rows).toEqual([{ dedupe_key: `schedule:${rows[0]?.month.toISOString()}` }]);
  expect((await nextOf(last))?.getTime()).toBeGreaterThan(Date.now());
});

it("begins and ends with the switch, takes a new schedule at once and keeps one that stayed", async () => {
  const flowId = await publish(scheduled("0 9 * * *"));
  const first = await nextOf(flowId);
  await turnFlowOff(tenant.owner, flowId);
  expect(await nextOf(flowId)).toBeUndefined();
  await turnFlowOn(tenant.owner, flowId);
  expect(await nextOf(flowId)).toEqual(first);
  await dueAt(flowId, JUST_NOW);
  await saveDraft(tenant.owner, flowId, {
    definition: { ...definitionOf(scheduled("0 9 * * *")), runName: "x" },
    expectedRevision: 1,
  });
  await publishFlow(tenant.owner, flowId, { expectedVersion: 1 });
  expect((await nextOf(flowId))?.getTime()).toBeLessThanOrEqual(Date.now());
  await saveDraft(tenant.owner, flowId, { definition: definitionOf(scheduled("0 10 * * *")), expectedRevision: 2 });
  await publishFlow(tenant.owner, flowId, { expectedVersion: 2 });
  expect(await fireSchedules()).toBe(0);
  expect((await nextOf(flowId))?.getUTCHours()).toBe(10);
});

it("runs a flow without an endpoint by hand with every digit, on or off, and no other", async () => {
  const flowId = await publish({ kind: "none", endpointId: null, eventTypes: [], filter: null });
  await turnFlowOff(tenant.owner, flowId);
  const { runId } = await runNow(tenant.owner, flowId, { body: '{"n": 12345678901234567890.10}' });
  await workOnRun(runId);
  expect(await findRun(tenant.owner.workspaceId, runId)).toMatchObject({ status: "succeeded", kind: "test" });
  expect(runs.hitsOf("tick").at(-1)?.body.toString()).toContain("12345678901234567890.10");
  await expect(runNow(tenant.owner, flowId, { body: "{" })).rejects.toThrow("This is not JSON");
  await expect(runNow(tenant.owner, tenant.ids.flowId, {})).rejects.toThrow("starts from an endpoint's events");
  await expect(runNow({ ...tenant.owner, role: "viewer" }, flowId, {})).rejects.toThrow();
});

it.each([
  ["often", "UTC", "is no schedule"],
  ["0 0 30 2 *", "UTC", "is never due"],
  ["0 9 * * *", "Mars/Olympus", "is not a time zone"],
])("tells before publishing that %s in %s %s", async (cron, zone, words) => {
  const definition = definitionOf({ ...scheduled(cron), schedule: { cron, zone, missed: "none" } });
  const found = await findFlowProblems(tenant.owner.workspaceId, definition);
  expect(found.map(({ severity, message }) => [severity, message.includes(words)])).toEqual([["error", true]]);
});
