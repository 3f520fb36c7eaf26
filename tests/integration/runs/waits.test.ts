import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cancelRun } from "#lib/commands/runs/cancel-run.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import type { Actor } from "#lib/core/actor.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { startWorker } from "#lib/worker/start-worker.ts";
import { keptSteps } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { readRunResult } from "#tests/support/run-steps-once.ts";
import { POOL_HERE, workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
beforeAll(() => insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid }));
afterAll(async () => {
  await closeSandbox();
  await closeRunPools();
});

const seen = (value: string): Step => ({
  kind: "action",
  id: "seen",
  name: "Seen",
  action: "transform",
  input: { value },
});
const delay = (amount: string, unit: "seconds" | "minutes" | "hours" | "days"): Step => ({
  kind: "delay",
  id: "wait",
  name: "Wait",
  amount,
  unit,
});
const until = (value: string, zone = "UTC"): Step => ({
  kind: "waitUntil",
  id: "wait",
  name: "Wait",
  until: value,
  zone,
});

async function runOf(step: Step, body = "{}", job = false): Promise<{ rows: FlowRows; runId: string; actor: Actor }> {
  const rows = await insertFlowRows(flowOf([step, seen("steps.wait.until")]));
  const { runId } = await insertEventRun(rows, body, { job });
  return { rows, runId, actor: { kind: "system", id: "test", workspaceId: rows.workspaceId, role: "owner" } };
}

async function waiting(runId: string) {
  const { rows } = await pool().query<{ status: string; lease: string | null; seconds: number; job: number | null }>(
    `SELECT r.status, r.lease_token AS lease, extract(epoch FROM r.wake_at - now())::float8 AS seconds,
            (SELECT extract(epoch FROM j.run_at - now())::float8 FROM graphile_worker._private_jobs j
             WHERE j.payload->>'runId' = r.id::text ORDER BY j.id DESC LIMIT 1) AS job
     FROM run r WHERE r.id = $1`,
    [runId],
  );
  return rows[0];
}

describe("a run that waits", () => {
  test("holds nothing meanwhile, has its job at that time, and is not begun before", async () => {
    const { runId } = await runOf(delay("trigger.body.hours", "hours"), '{"hours": 1.5}');
    await workOnRun(runId);
    const found = await waiting(runId);
    expect(found).toMatchObject({ status: "waiting", lease: null });
    for (const seconds of [found?.seconds, found?.job]) {
      expect(seconds).toBeGreaterThan(5_390);
      expect(seconds).toBeLessThanOrEqual(5_400);
    }
    expect(await workOnRun(runId)).toBe("done");
    expect(await waiting(runId)).toMatchObject({ status: "waiting" });
  });

  test("goes on when somebody says so, with the moment it was to wait for", async () => {
    const { runId, actor } = await runOf(delay("30", "days"));
    await workOnRun(runId);
    const planned = (await readRunResult(runId)).outputs["wait"];
    await resumeRun(actor, runId);
    await workOnRun(runId);
    expect(await readRunResult(runId)).toMatchObject({
      status: "succeeded",
      outputs: { wait: planned, seen: (planned as { until: string }).until },
    });
  });

  test("ends when it is canceled, and its step with it", async () => {
    const { runId, actor } = await runOf(delay("1", "days"));
    await workOnRun(runId);
    await cancelRun(actor, runId);
    expect(await workOnRun(runId)).toBe("done");
    expect(await waiting(runId)).toMatchObject({ status: "canceled" });
    expect(await keptSteps(runId)).toMatchObject([{ status: "canceled", nextAttemptInMs: null }]);
  });

  test("is waked by a worker at its time", async () => {
    const { runId } = await runOf(delay("2", "seconds"), "{}", true);
    const began = performance.now();
    const worker = await startWorker(() => undefined);
    try {
      await expect.poll(async () => (await waiting(runId))?.status, { timeout: 20_000 }).toBe("succeeded");
      expect(performance.now() - began).toBeGreaterThan(1_900);
    } finally {
      await worker.stop(1_000);
    }
  });
});

describe("the moment", () => {
  test.each([
    ["is past: no wait", until('"2020-01-01"'), "succeeded", null],
    ["is now", delay("0", "seconds"), "succeeded", null],
    ["is not to be told", until("trigger.body.nothing"), "failed", /came to nothing/],
    ["is no number", delay('"soon"', "days"), "failed", /came to "soon"; it must be a number/],
    ["lies before", delay("-1", "days"), "failed", /came to -1/],
    ["is more than a year away", delay("9e9", "days"), "failed", /more than 366 days/],
    ["is of a zone that nobody knows", until('"09:00"', "CET"), "failed", /"CET" is not a time zone/],
  ])("%s", async (_what, step, status, error) => {
    const { runId } = await runOf(step);
    await workOnRun(runId);
    const result = await readRunResult(runId);
    expect(result.status).toBe(status);
    if (error === null) expect(result.outputs["seen"]).toBe((result.outputs["wait"] as { until: string }).until);
    else expect(result.error).toMatch(error);
  });
});
