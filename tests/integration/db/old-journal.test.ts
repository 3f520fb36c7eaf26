import { expect, test } from "vitest";
import { decideStep } from "#lib/commands/runs/decide-step.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import { listHeldSteps } from "#lib/db/held-steps.ts";
import { moveOldJournals } from "#lib/db/old-journal.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { findStepData } from "#lib/db/step-data.ts";
import { listStepRuns, type StepRun } from "#lib/db/step-runs.ts";
import { withClient } from "#lib/db/with-client.ts";
import { actorOf, useCalledRuns } from "#tests/support/called-runs.ts";
import { makeStepsDue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { backToOldTables } from "#tests/support/old-tables.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

const database = useTestDatabase();
const runs = useCalledRuns();

const move = () => withClient(database.url, moveOldJournals);
const counted = async (table: string) => (await pool().query(`SELECT FROM ${table}`)).rowCount;

/** What counts of steps whose moment of the next try was counted anew. */
const timeless = (steps: StepRun[]) => steps.map(({ nextAttemptAt: _at, ...step }) => step);

async function failedRun(path: string, status: number) {
  const rows = await insertFlowRows(flowOf([runs.post(`${path}_first`), runs.post(path)]));
  runs.sink.answer((hit) => ({ status: hit.path.endsWith("_first") ? 200 : status }));
  const { runId } = await insertEventRun(rows, '{"n":1}', { job: false });
  await workOnRun(runId);
  return { rows, runId };
}

test.each([
  ["before they are moved", false],
  ["after they are moved", true],
])("a failed run of an earlier version goes on from its failed step %s", async (_when, moved) => {
  const path = moved ? "moved" : "unmoved";
  const { rows, runId } = await failedRun(path, 404);
  const before = await listStepRuns(rows.workspaceId, runId);
  await backToOldTables(runId);
  if (moved) expect(await move()).toBe(1);
  expect(await counted("old_step_run")).toBe(moved ? 0 : 2);
  const after = await listStepRuns(rows.workspaceId, runId);
  expect(after).toEqual(before);
  const ids = after.flatMap((step) => [step.effectDataId, step.outputDataId]).filter((id) => id !== null);
  expect(ids.length).toBeGreaterThan(2);
  expect([...(await findStepData(rows.workspaceId, runId, ids)).keys()].sort()).toEqual(ids.sort());

  runs.sink.answer(() => ({ status: 200 }));
  await resumeRun(actorOf(rows), runId);
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf(`${path}_first`)).toHaveLength(1);
  const [first, second, ...more] = runs.hitsOf(path);
  expect(more).toEqual([]);
  expect(second).toMatchObject({ key: first?.key, bodySha256: first?.bodySha256 });
  await move();
  expect((await listStepRuns(rows.workspaceId, runId)).map(({ status }) => status)).toEqual(["succeeded", "succeeded"]);
});

test("a run between two tries keeps its moment, its key and what it has tried", async () => {
  const { rows, runId } = await failedRun("busy", 503);
  const before = await listStepRuns(rows.workspaceId, runId);
  expect(before[1]).toMatchObject({ status: "retrying", attempts: [{ number: 1, outcome: "failed" }] });
  await backToOldTables(runId);
  const unmoved = await listStepRuns(rows.workspaceId, runId);
  await move();
  const moved = await listStepRuns(rows.workspaceId, runId);
  expect(timeless(moved).map(({ attempts: _a, ...step }) => step)).toEqual(
    timeless(before).map(({ attempts: _a, ...step }) => step),
  );
  const dueAt = unmoved[1]?.nextAttemptAt?.getTime() ?? 0;
  expect(Math.abs((moved[1]?.nextAttemptAt?.getTime() ?? 0) - dueAt)).toBeLessThan(5);
  runs.sink.answer(() => ({ status: 200 }));
  await makeStepsDue(runId);
  await pool().query("UPDATE run SET wake_at = now() WHERE id = $1", [runId]);
  await workOnRun(runId);
  expect((await listStepRuns(rows.workspaceId, runId))[1]).toMatchObject({
    status: "succeeded",
    attempts: [
      { number: 1, outcome: "failed" },
      { number: 2, outcome: "done" },
    ],
  });
});

test("a step that waits for a decision is found and decided wherever it is kept", async () => {
  const held = await insertFlowRows(flowOf([runs.post("held")]));
  const { runId } = await insertEventRun(held, "{}", { job: false });
  runs.sink.answer(() => ({ status: 503 }));
  await workOnRun(runId);
  await pool().query("UPDATE run SET status = 'needs a decision', wake_at = NULL WHERE id = $1", [runId]);
  const steps = await listStepRuns(held.workspaceId, runId);
  await backToOldTables(runId);
  await pool().query(
    "UPDATE old_step_run SET status = 'needs a decision', error_code = 'egress-private-address' WHERE run_id = $1",
    [runId],
  );
  await pool().query("UPDATE old_attempt SET retry_at = NULL WHERE run_id = $1", [runId]);
  const find = () => listHeldSteps(held.workspaceId, ["egress-private-address"], 10);
  const found = await find();
  expect(found).toMatchObject([{ runId, path: steps[0]?.path }]);
  await move();
  expect(await find()).toEqual(found);
  await decideStep(actorOf(held), { runId, path: "held", decision: "skip" });
  expect(await find()).toEqual([]);
  expect((await listStepRuns(held.workspaceId, runId))[0]).toMatchObject({ status: "skipped" });
});

test("several processes move each journal once, also those of days that have no partition yet", async () => {
  const made: string[] = [];
  for (let index = 0; index < 6; index += 1) {
    const { runId } = await failedRun(`many_${index}`, 404);
    await backToOldTables(runId);
    made.push(runId);
  }
  const [oldest = ""] = made;
  const old = oldest.replace(/^.{8}-.{4}/, "0190a0b0-c0d0");
  await pool().query("UPDATE old_step_run SET run_id = $2 WHERE run_id = $1", [oldest, old]);
  await pool().query("UPDATE old_attempt SET run_id = $2 WHERE run_id = $1", [oldest, old]);
  const moved = await Promise.all([move(), move(), move()]);
  expect(moved.reduce((sum, one) => sum + one, 0) + (await move())).toBe(6);
  expect([await counted("old_step_run"), await counted("old_attempt")]).toEqual([0, 0]);
  const { rows } = await pool().query("SELECT tableoid::regclass::text AS name FROM journal_part WHERE run_id = $1", [
    old,
  ]);
  expect(rows).toEqual([{ name: "journal_part_p20240711" }]);
});

test("code of an earlier version can neither read nor write a journal any more", async () => {
  await expect(pool().query("SELECT FROM step_run")).rejects.toThrow('relation "step_run" does not exist');
  await expect(pool().query("SELECT FROM attempt")).rejects.toThrow('relation "attempt" does not exist');
});
