import { randomBytes } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { pullBrake } from "#lib/commands/runs/pull-brake.ts";
import { releaseBrake } from "#lib/commands/runs/release-brake.ts";
import { newId } from "#lib/core/ids.ts";
import { readBrake } from "#lib/db/brake-view.ts";
import { findHeldBack } from "#lib/db/held-back-runs.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { startWorker, type Worker } from "#lib/worker/start-worker.ts";
import { actorOf, useCalledRuns } from "#tests/support/called-runs.ts";
import { startChild } from "#tests/support/child-process.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

const database = useTestDatabase();
const runs = useCalledRuns();

let worker: Worker | null = null;
afterEach(async () => {
  await worker?.stop(2_000);
  worker = null;
  await pool().query("DELETE FROM brake");
});
const start = async () => {
  worker = await startWorker(() => undefined);
};

const adminOf = (rows: FlowRows) => actorOf(rows, "admin");
const eventually = (what: () => unknown, timeout = 20_000) => expect.poll(what, { timeout, interval: 50 });
const numbersAt = (id: string) => runs.hitsOf(id).map(({ body }) => (JSON.parse(body) as { n: number }).n);
const heldAt = async (rows: FlowRows) =>
  (await pool().query("SELECT FROM held_back_run WHERE workspace_id = $1 AND gate_kind = 'brake'", [rows.workspaceId]))
    .rowCount;

/** A flow with one call, and so many queued runs of it, numbered from 1. */
async function queued(id: string, count: number, among?: FlowRows) {
  const rows = await insertFlowRows(
    flowOf([runs.post(id)]),
    among === undefined ? {} : { workspaceId: among.workspaceId },
  );
  const ids: string[] = [];
  for (let n = 1; n <= count; n += 1) ids.push((await insertEventRun(rows, JSON.stringify({ n }))).runId);
  return { rows, ids };
}

test("R14: a worker that starts with the brake on sends nothing of that workspace until it is let go", async () => {
  const first = await queued("braked_one", 5);
  const second = await queued("braked_two", 12, first.rows);
  await queued("braked_other", 3);
  const admin = adminOf(first.rows);
  await pullBrake(admin, { reason: "restored from a backup" });
  await start();
  await eventually(() => heldAt(first.rows)).toBe(17);
  await eventually(() => numbersAt("braked_other").length).toBe(3);
  expect([numbersAt("braked_one"), numbersAt("braked_two")]).toEqual([[], []]);
  expect(worker?.findProblem(), "a closed gate is no lack of workers").toBeNull();
  expect(await findHeldBack(first.rows.workspaceId, first.ids[0] ?? "")).toMatchObject({
    kind: "brake",
    key: first.rows.flowId,
  });
  expect(await findRun(first.rows.workspaceId, first.ids[0] ?? "")).toMatchObject({ status: "queued" });
  expect(await readBrake(first.rows.workspaceId)).toMatchObject({
    reason: "restored from a backup",
    perMinute: null,
    flows: [
      { id: second.rows.flowId, waiting: 12, released: false },
      { id: first.rows.flowId, waiting: 5, released: false },
    ],
  });

  await releaseBrake(admin, { what: "flow", flowId: first.rows.flowId });
  await eventually(() => [...numbersAt("braked_one")].sort()).toEqual([1, 2, 3, 4, 5]);
  const later = await insertEventRun(first.rows, '{"n":6}');
  await eventually(async () => (await findRun(first.rows.workspaceId, later.runId))?.status).toBe("succeeded");
  expect(numbersAt("braked_two")).toEqual([]);

  // Ten a second, the oldest first: when the third has come, most still wait.
  await releaseBrake(admin, { what: "rate", perMinute: 600 });
  const began = performance.now();
  await eventually(() => numbersAt("braked_two").length).toBeGreaterThanOrEqual(3);
  expect(await heldAt(first.rows)).toBeGreaterThan(0);
  await eventually(() => numbersAt("braked_two").length).toBe(12);
  expect(performance.now() - began).toBeGreaterThan(1_000);
  expect(await readBrake(first.rows.workspaceId)).toMatchObject({ perMinute: 600 });

  await releaseBrake(admin, { what: "rate", perMinute: null });
  const held = await insertEventRun(second.rows, '{"n":13}');
  await eventually(() => heldAt(first.rows)).toBe(1);
  await releaseBrake(admin, { what: "all" });
  await eventually(async () => (await findRun(first.rows.workspaceId, held.runId))?.status).toBe("succeeded");
  expect(await readBrake(first.rows.workspaceId)).toBeNull();
}, 60_000);

test("a run under way begins no further effect; released, it goes on from there with what it had", async () => {
  const rows = await insertFlowRows(flowOf([runs.post("begun"), runs.post("next")]));
  runs.sink.answer((hit) => (hit.path === "/begun" ? { status: 200, afterMs: 2_500 } : { status: 200 }));
  const { runId } = await insertEventRun(rows, '{"n":1}');
  await start();
  await eventually(() => runs.hitsOf("begun").length).toBe(1);
  await pullBrake(adminOf(rows));
  await eventually(() => heldAt(rows)).toBe(1);
  expect(runs.hitsOf("next")).toHaveLength(0);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "queued" });
  await releaseBrake(adminOf(rows), { what: "all" });
  await eventually(async () => (await findRun(rows.workspaceId, runId))?.status).toBe("succeeded");
  expect([runs.hitsOf("begun").length, runs.hitsOf("next").length]).toEqual([1, 1]);
}, 60_000);

test("editors may pull it, admins release it; what is not theirs or not on is refused in words", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const stranger = await insertFlowRows(flowOf([]));
  await expect(pullBrake(actorOf(rows, "viewer"))).rejects.toMatchObject({ name: "ForbiddenError" });
  await expect(releaseBrake(adminOf(rows), { what: "rate", perMinute: 5 })).rejects.toMatchObject({
    code: "brake-off",
  });
  await releaseBrake(adminOf(rows), { what: "all" });
  await pullBrake(actorOf(rows), { reason: "first" });
  await pullBrake(actorOf(rows), { reason: "second" });
  expect(await readBrake(rows.workspaceId)).toMatchObject({ reason: "first" });
  expect(await readBrake(stranger.workspaceId)).toBeNull();
  await expect(releaseBrake(actorOf(rows), { what: "all" })).rejects.toMatchObject({ name: "ForbiddenError" });
  for (const input of [
    { what: "flow", flowId: stranger.flowId },
    { what: "flow", flowId: newId() },
    { what: "flow", flowId: "x" },
    { what: "rate", perMinute: 0 },
    { what: "rate", perMinute: 1.5 },
    { what: "some" },
  ])
    await expect(releaseBrake(adminOf(rows), input), JSON.stringify(input)).rejects.toMatchObject({
      name: "InvalidInputError",
    });
  await releaseBrake(adminOf(rows), { what: "all" });
  const { rows: entries } = await pool().query<{ action: string }>(
    "SELECT action FROM audit_entry WHERE workspace_id = $1 ORDER BY id",
    [rows.workspaceId],
  );
  expect(entries.map(({ action }) => action)).toEqual(["brake.pull", "brake.release.all"]);
});

test("HOOKLINE_START_PAUSED puts it on in every workspace before the first run is taken", async () => {
  const { rows } = await queued("paused", 4);
  const child = startChild("server/worker.ts", {
    DATABASE_URL: database.url,
    HOOKLINE_SECRET_KEY: randomBytes(32).toString("base64"),
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_START_PAUSED: "true",
  });
  try {
    await eventually(() => heldAt(rows), 40_000).toBe(4);
    expect(await readBrake(rows.workspaceId)).toMatchObject({ reason: "Started with HOOKLINE_START_PAUSED." });
    expect(numbersAt("paused")).toEqual([]);
    await releaseBrake(adminOf(rows), { what: "all" });
    await eventually(() => numbersAt("paused").length).toBe(4);
  } finally {
    child.kill("SIGKILL");
    await child.exited;
  }
}, 90_000);
