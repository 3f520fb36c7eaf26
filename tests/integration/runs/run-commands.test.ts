import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cancelRun } from "#lib/commands/runs/cancel-run.ts";
import { decideStep } from "#lib/commands/runs/decide-step.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { findStepData } from "#lib/db/step-data.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { actorOf, useCalledRuns } from "#tests/support/called-runs.ts";
import { appendPart, stepRow } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { backToOldTables } from "#tests/support/old-tables.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

describe("cancel", () => {
  test("ends a waiting run for good", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("stop")]));
    runs.sink.answer(() => ({ status: 503 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await workOnRun(runId);
    await cancelRun(actorOf(rows), runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "canceled" });
    expect((await listStepRuns(rows.workspaceId, runId))[0]).toMatchObject({ status: "canceled" });
    await workOnRun(runId);
    expect(runs.hitsOf("stop")).toHaveLength(1);
    await expect(cancelRun(actorOf(rows), runId)).rejects.toMatchObject({ code: "run-ended" });
  });

  test("takes the run from its worker, which can write nothing more and begins no further effect", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("running"), runs.post("never")]));
    runs.sink.answer(() => ({ status: 200, afterMs: 400 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    const working = workOnRun(runId);
    working.catch(() => undefined);
    await expect.poll(() => runs.hitsOf("running").length).toBe(1);
    await cancelRun(actorOf(rows), runId);
    await expect(working).rejects.toBeInstanceOf(LeaseLostError);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "canceled" });
    expect(runs.hitsOf("never")).toHaveLength(0);
  });
});

describe("an unknown outcome", () => {
  async function undecided(id: string) {
    const rows = await insertFlowRows(flowOf([runs.post(id, { onUnknown: "ask" }), runs.post(`${id}_next`)]));
    runs.sink.answer((hit) => (hit.path === `/${id}` ? "reset" : { status: 200 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "needs a decision" });
    runs.sink.answer(() => ({ status: 200 }));
    return { rows, runId };
  }

  test("sent again: the same bytes and key", async () => {
    const { rows, runId } = await undecided("d_again");
    await decideStep(actorOf(rows), { runId, path: "d_again", decision: "send again" });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    const hits = runs.hitsOf("d_again");
    expect(hits).toHaveLength(2);
    expect(new Set(hits.map((hit) => `${hit.key} ${hit.bodySha256}`)).size).toBe(1);
  });

  test("treated as sent, or skipped: nothing goes out again, and the run goes on", async () => {
    for (const decision of ["treat as sent", "skip"] as const) {
      const id = decision === "skip" ? "d_skip" : "d_sent";
      const { rows, runId } = await undecided(id);
      await decideStep(actorOf(rows), { runId, path: id, decision });
      await workOnRun(runId);
      expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
      expect(runs.hitsOf(id)).toHaveLength(1);
      expect(runs.hitsOf(`${id}_next`)).toHaveLength(1);
      const step = (await listStepRuns(rows.workspaceId, runId))[0];
      expect(step?.status).toBe(decision === "skip" ? "skipped" : "succeeded");
      if (step?.outputDataId != null)
        expect((await findStepData(rows.workspaceId, runId, [step.outputDataId])).get(step.outputDataId)?.json).toBe(
          '{"treatedAsSent":true}',
        );
      await expect(decideStep(actorOf(rows), { runId, path: id, decision })).rejects.toMatchObject({
        code: "no-decision-needed",
      });
    }
  });
});

describe("a worker that keeps being lost over one run", () => {
  test("does not take it a third time: only a process of its own does", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("poison")]));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await pool().query("UPDATE run SET claims = 2 WHERE id = $1", [runId]);
    expect(await workOnRun(runId)).toBe("suspect");
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "queued" });
    expect(runs.hitsOf("poison")).toHaveLength(0);
    expect(await workOnRun(runId, { alone: true })).toBe("done");
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(runs.hitsOf("poison")).toHaveLength(1);
  });

  test("gives up after twenty claims without progress, however they ended: the run fails with the reason", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("round")]));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await pool().query("UPDATE run SET claims = 1, faults = 19 WHERE id = $1", [runId]);
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({
      status: "failed",
      errorCode: "quarantined",
      errorMessage: expect.stringContaining("20 times"),
    });
    expect(runs.hitsOf("round")).toHaveLength(0);
  });

  test("ends the steps that an earlier worker left open", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("left")]));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await insertOpenStep(rows, runId);
    await pool().query("UPDATE run SET claims = 1, faults = 19 WHERE id = $1", [runId]);
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed", errorCode: "quarantined" });
    expect(await listStepRuns(rows.workspaceId, runId)).toMatchObject([
      { path: "left", status: "canceled", errorCode: "run-ended", finishedAt: expect.any(Date), nextAttemptAt: null },
    ]);
  });

  test("an upgrade ends steps that older versions left open in ended runs, and no others", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("old")]));
    const [ended, going] = [await insertEventRun(rows, "{}", { job: false }), await insertEventRun(rows, "{}")];
    for (const { runId } of [ended, going]) {
      await insertOpenStep(rows, runId);
      await backToOldTables(runId);
    }
    await pool().query("UPDATE run SET status = 'succeeded', finished_at = '2026-01-02T03:04:05Z' WHERE id = $1", [
      ended.runId,
    ]);
    const upgrade = readFileSync("prisma/migrations/0020_end_steps_of_ended_runs/migration.sql", "utf8");
    await pool().query(upgrade.replace('"step_run"', '"old_step_run"'));
    expect(await listStepRuns(rows.workspaceId, ended.runId)).toMatchObject([
      { status: "canceled", finishedAt: new Date("2026-01-02T03:04:05Z"), errorCode: "run-ended" },
    ]);
    expect(await listStepRuns(rows.workspaceId, going.runId)).toMatchObject([{ status: "retrying" }]);
  });

  test("stays wary of a quarantined run that a person resumes", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("resumed")]));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await pool().query(
      "UPDATE run SET claims = 3, status = 'failed', error_code = 'quarantined', finished_at = now() WHERE id = $1",
      [runId],
    );
    await resumeRun(actorOf(rows), runId);
    expect(await workOnRun(runId)).toBe("suspect");
  });

  test("acts no more when it cannot prove that it is alive", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("unproven")]));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await expect(workOnRun(runId, { isProven: () => false })).rejects.toBeInstanceOf(LeaseLostError);
    expect(runs.hitsOf("unproven")).toHaveLength(0);
  });
});

/** A step between two tries, as a worker leaves it. */
async function insertOpenStep(rows: FlowRows, runId: string): Promise<void> {
  const left = stepRow("left", { status: "retrying", attempts: 1, nextAttemptInMs: 0 });
  await appendPart({ runId, workspaceId: rows.workspaceId }, { steps: [left] });
}
