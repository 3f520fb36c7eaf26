import { expect, test } from "vitest";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import { findRun } from "#lib/db/runs.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { startWorker } from "#lib/worker/start-worker.ts";
import { actorOf, useCalledRuns } from "#tests/support/called-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
const runs = useCalledRuns();

const pause: Step = { kind: "delay", id: "pause", name: "Pause", amount: "2", unit: "hours" };

test("a worker ends runs whose time is up: one that waits for later, and one that waits for a person", async () => {
  runs.sink.answer((hit) => (hit.path === "/tl_asks" ? "reset" : { status: 200 }));
  const start = async (steps: Step[]) => {
    const rows = await insertFlowRows({ ...flowOf(steps), timeoutSeconds: 3 });
    return { rows, ...(await insertEventRun(rows, "{}", { job: true })) };
  };
  const waits = await start([runs.post("tl_first"), pause, runs.post("tl_after")]);
  const asks = await start([runs.post("tl_asks", { onUnknown: "ask" }), runs.post("tl_never")]);
  const worker = await startWorker(() => undefined);
  try {
    const statusOf = async ({ rows, runId }: typeof waits) => (await findRun(rows.workspaceId, runId))?.status;
    await expect.poll(() => statusOf(waits), { timeout: 20_000 }).toBe("waiting");
    await expect.poll(() => statusOf(asks), { timeout: 20_000 }).toBe("needs a decision");
    for (const one of [waits, asks]) {
      await expect.poll(() => statusOf(one), { timeout: 20_000 }).toBe("failed");
      expect(await findRun(one.rows.workspaceId, one.runId)).toMatchObject({
        errorCode: "run-timeout",
        failedStep: null,
      });
      const open = (await listStepRuns(one.rows.workspaceId, one.runId)).filter(
        ({ finishedAt }) => finishedAt === null,
      );
      expect(open).toEqual([]);
      await expect(resumeRun(actorOf(one.rows), one.runId)).rejects.toMatchObject({ code: "run-timeout" });
    }
    expect(runs.hitsOf("tl_first")).toHaveLength(1);
    expect([...runs.hitsOf("tl_after"), ...runs.hitsOf("tl_never")]).toEqual([]);
  } finally {
    await worker.stop(1_000);
  }
});
