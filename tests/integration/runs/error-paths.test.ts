import { expect, test } from "vitest";
import { cancelRun } from "#lib/commands/runs/cancel-run.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import type { Json } from "#lib/core/json.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { actorOf, ONE_TRY, useCalledRuns } from "#tests/support/called-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

const tell = (id: string, value: string, settings: object = ONE_TRY): Step => ({
  kind: "action",
  id,
  name: id,
  action: "http.request",
  input: { method: "POST", url: `${runs.sink.url}/${id}`, body: { kind: "json", json: `{{ ${value} }}` } },
  settings,
});

const guarded = (id: string, errorSteps: Step[]): Step => ({
  ...runs.post(id, { ...ONE_TRY, onError: "path" }),
  errorSteps,
});

const pause = (id: string): Step => ({ kind: "delay", id, name: id, amount: "1", unit: "hours" });

const stepsOf = async (rows: FlowRows, runId: string) =>
  new Map((await listStepRuns(rows.workspaceId, runId)).map((step) => [step.path, step]));

async function startRun(steps: Step[]) {
  const rows = await insertFlowRows(flowOf(steps));
  const { runId } = await insertEventRun(rows, '{"n":1}', { job: false });
  return { rows, runId };
}

/** Takes a run from a worker that is gone. */
const free = (runId: string) =>
  pool().query("UPDATE run SET status = 'queued', lease_token = NULL, lease_pool = NULL WHERE id = $1", [runId]);

const bodyOf = (id: string, at = 0): Json => JSON.parse(runs.hitsOf(id).at(at)?.body ?? "null") as Json;

test("an error path gets the failure and its own keys; a person resumes in it, a replay takes it", async () => {
  const { rows, runId } = await startRun([guarded("ep_crm", [tell("ep_tell", "error")]), runs.post("ep_after")]);
  runs.sink.answer((hit) => ({ status: hit.path === "/ep_after" ? 200 : 500 }));
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({
    status: "failed",
    failedStep: "ep_crm/on-error/ep_tell",
  });
  expect(bodyOf("ep_tell")).toMatchObject({ step: "ep_crm", code: "http-500", status: 500, attempts: 1 });
  await resumeRun(actorOf(rows), runId);
  runs.sink.answer((hit) => ({ status: hit.path === "/ep_crm" ? 500 : 200 }));
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded", effectCounts: { http: 2 } });
  expect(runs.hitsOf("ep_crm")).toHaveLength(1);
  const [first, second] = runs.hitsOf("ep_tell");
  expect(second).toMatchObject({ key: first?.key, bodySha256: first?.bodySha256 });
  const steps = await stepsOf(rows, runId);
  expect(steps.get("ep_crm")).toMatchObject({ status: "failed", errorCode: "http-500" });
  expect(steps.get("ep_crm/on-error/ep_tell")).toMatchObject({ status: "succeeded" });

  const replayed = await replayRun(actorOf(rows), { runId, version: "original" });
  await workOnRun(replayed.runId);
  expect(await findRun(rows.workspaceId, replayed.runId)).toMatchObject({ status: "succeeded" });
  expect(runs.hitsOf("ep_tell")).toHaveLength(3);
});

test("a run that waits in an error path is canceled whole, and keeps what failed", async () => {
  const { rows, runId } = await startRun([guarded("ec_crm", [pause("ec_pause"), tell("ec_tell", "error")])]);
  runs.sink.answer(() => ({ status: 404 }));
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "waiting" });
  await cancelRun(actorOf(rows), runId);
  const steps = await stepsOf(rows, runId);
  expect(steps.get("ec_crm")).toMatchObject({ status: "failed" });
  expect(steps.get("ec_crm/on-error/ec_pause")).toMatchObject({ status: "canceled" });
  expect(runs.hitsOf("ec_tell")).toEqual([]);
});

test("a worker that is lost between any two effects of twenty branches changes nothing of what arrives", async () => {
  for (const lostAt of [1, 2, 11, 20, 21, 22]) {
    const id = (name: string) => `pl${lostAt}_${name}`;
    const branches = Array.from({ length: 20 }, (_, index) => ({
      id: id(`way${index}`),
      name: `Way ${index}`,
      steps: [...(index === 7 ? [pause(id("pause"))] : []), runs.post(id(`s${index}`))],
    }));
    const { rows, runId } = await startRun([
      {
        kind: "parallel",
        id: id("all"),
        name: "All",
        branches,
        settings: { onError: "path" },
        errorSteps: [tell(id("tell"), "error.step", {})],
      },
      runs.post(id("join")),
    ]);
    runs.sink.answer((hit) => ({ status: hit.path === `/${id("s3")}` ? 404 : 200 }));
    let asked = 0;
    const isProven = () => {
      asked += 1;
      return asked < lostAt;
    };
    await workOnRun(runId, { isProven }).catch((error: unknown) => expect(error).toBeInstanceOf(LeaseLostError));
    if ((await findRun(rows.workspaceId, runId))?.status === "running") await free(runId);
    for (let turn = 0; turn < 5; turn += 1) {
      const status = (await findRun(rows.workspaceId, runId))?.status;
      if (status === "succeeded") break;
      if (status === "waiting" || status === "retrying") await resumeRun(actorOf(rows), runId);
      await workOnRun(runId);
    }
    expect(await findRun(rows.workspaceId, runId), `lost at ${lostAt}`).toMatchObject({ status: "succeeded" });
    const names = [...branches.map((_, index) => `s${index}`), "tell", "join"];
    for (const name of names)
      expect(new Set(runs.hitsOf(id(name)).map(({ key }) => key)).size, `${name}, lost at ${lostAt}`).toBe(1);
    expect(runs.hitsOf(id("join"))).toHaveLength(1);
    expect(runs.hitsOf(id("tell"))).toHaveLength(1);
    expect(bodyOf(id("tell"))).toBe(id("s3"));
    const steps = await stepsOf(rows, runId);
    expect([...steps.values()].filter(({ status }) => status === "succeeded")).toHaveLength(22);
    expect(steps.get(id("all"))).toMatchObject({ status: "failed", errorCode: "http-404" });
  }
});

test("a condition that is not met costs nothing and says so", async () => {
  const { rows, runId } = await startRun([
    { ...runs.post("wn_small"), when: "trigger.body.n > 5" },
    runs.post("wn_after"),
  ]);
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded", effectCounts: { http: 1 } });
  expect((await stepsOf(rows, runId)).get("wn_small")).toMatchObject({
    status: "skipped",
    errorMessage: "Its condition was not met: trigger.body.n > 5",
  });
});
