import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cancelRun } from "#lib/commands/cancel-run.ts";
import { decideStep } from "#lib/commands/decide-step.ts";
import { executeRun } from "#lib/commands/execute-run.ts";
import { replayRun } from "#lib/commands/replay-run.ts";
import { resumeRun } from "#lib/commands/resume-run.ts";
import type { Actor } from "#lib/core/actor.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { closeLive } from "#lib/db/live.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { findRun, listRuns } from "#lib/db/runs.ts";
import { findStepData } from "#lib/db/step-data.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import type { Step } from "#lib/engine/flow-definition.ts";
import { LeaseLostError } from "#lib/engine/journal-rows.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

process.env["HOOKLINE_EGRESS_ALLOW"] = "127.0.0.1";
useTestDatabase();
let sink: HttpSink;
beforeAll(async () => {
  sink = await startHttpSink({ durable: false });
  await insertWorkerPool({ id: "here", host: "test", pid: process.pid });
});
beforeEach(() => sink.answer(() => ({ status: 200 })));
afterAll(async () => {
  await sink.close();
  await closeSandbox();
  await closeLive();
  await closeRunPools();
});

const lease = {
  poolId: "here",
  isProven: () => true,
  isDraining: () => false,
  hold: () => undefined,
  letGo: () => undefined,
  signal: new AbortController().signal,
};
const work = (runId: string, more: Partial<typeof lease> = {}) => executeRun(runId, { ...lease, ...more });
const actorOf = (rows: FlowRows, role: Actor["role"] = "editor"): Actor => ({
  kind: "user",
  id: newId(),
  workspaceId: rows.workspaceId,
  role,
});
const post = (id: string, settings?: object): Step => ({
  kind: "action",
  id,
  name: id,
  action: "http.request",
  input: { method: "POST", url: `${sink.url}/${id}`, body: { kind: "json", json: "{{ trigger.body }}" } },
  settings,
});
const hitsOf = (path: string, since = 0) =>
  sink
    .hits()
    .filter((hit) => hit.path === `/${path}`)
    .slice(since);
const once = { retry: { attempts: 1, firstMs: 100, factor: 1, maxMs: 100 } };

async function failedRun(id: string) {
  const rows = await insertFlowRows(flowOf([post(`${id}_first`), post(id, once), post(`${id}_last`)]));
  sink.answer((hit) => ({ status: hit.path === `/${id}` ? 500 : 200 }));
  const { runId } = await insertEventRun(rows, '{"n":1}', { job: false });
  await work(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed", failedStep: id });
  return { rows, runId };
}

describe("resume", () => {
  test("goes on from the failed step with the same key and bytes, and repeats no finished step", async () => {
    const { rows, runId } = await failedRun("mend");
    await resumeRun(actorOf(rows), runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "queued", errorCode: null, finishedAt: null });
    sink.answer(() => ({ status: 200 }));
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded", effectCounts: { http: 3 } });
    expect(hitsOf("mend_first")).toHaveLength(1);
    const [first, second] = hitsOf("mend");
    expect(second).toMatchObject({ key: first?.key, bodySha256: first?.bodySha256 });
    const step = (await listStepRuns(rows.workspaceId, runId)).find((one) => one.path === "mend");
    expect(step?.attempts.map((attempt) => attempt.outcome)).toEqual(["failed", "done"]);
  });

  test("gives the failed step its full number of tries again", async () => {
    const { rows, runId } = await failedRun("twice");
    await resumeRun(actorOf(rows), runId);
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed" });
    await resumeRun(actorOf(rows), runId);
    sink.answer(() => ({ status: 200 }));
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(hitsOf("twice")).toHaveLength(3);
  });

  test("tries a retrying run now instead of at its time", async () => {
    const rows = await insertFlowRows(flowOf([post("soon")]));
    sink.answer(() => ({ status: 503 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "retrying" });
    await work(runId);
    expect(hitsOf("soon")).toHaveLength(1);
    sink.answer(() => ({ status: 200 }));
    await resumeRun(actorOf(rows), runId);
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  });

  test("is refused for a run that did not fail, for a viewer, and for another workspace", async () => {
    const { rows, runId } = await failedRun("refuse");
    const stranger = { ...actorOf(rows), workspaceId: newId() as WorkspaceId };
    await expect(resumeRun(stranger, runId)).rejects.toBeInstanceOf(NotFoundError);
    await expect(resumeRun(actorOf(rows, "viewer"), runId)).rejects.toBeInstanceOf(ForbiddenError);
    await resumeRun(actorOf(rows), runId);
    await expect(resumeRun(actorOf(rows), runId)).rejects.toBeInstanceOf(ConflictError);
    await expect(resumeRun(actorOf(rows), "not an id")).rejects.toBeInstanceOf(NotFoundError);
  });

  test("repeats only the failed items of a loop", async () => {
    const rows = await insertFlowRows(
      flowOf([
        {
          kind: "forEach",
          id: "each",
          name: "Each",
          items: "trigger.body.list",
          concurrency: 1,
          onItemError: "stop",
          steps: [
            {
              kind: "action",
              id: "item",
              name: "Item",
              action: "http.request",
              input: { method: "POST", url: `${sink.url}/item`, body: { kind: "json", json: "{{ item }}" } },
              settings: once,
            },
          ],
        },
      ]),
    );
    sink.answer((hit) => ({ status: hit.body === "2" ? 500 : 200 }));
    const { runId } = await insertEventRun(rows, '{"list":[1,2,3]}', { job: false });
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed", failedStep: "each/[1]/item" });
    await resumeRun(actorOf(rows), runId);
    sink.answer(() => ({ status: 200 }));
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(hitsOf("item").map((hit) => hit.body)).toEqual(["1", "2", "2", "3"]);
  });
});

describe("replay", () => {
  test("is a new run with new keys, linked to the old one, which stays as it is", async () => {
    const { rows, runId } = await failedRun("again");
    sink.answer(() => ({ status: 200 }));
    const replayed = await replayRun(actorOf(rows), { runId, version: "original" });
    await work(replayed.runId);
    expect(await findRun(rows.workspaceId, replayed.runId)).toMatchObject({ status: "succeeded", kind: "replay", replayOf: runId });
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed" });
    const [first, second] = hitsOf("again");
    expect(second?.bodySha256).toBe(first?.bodySha256);
    expect(second?.key).not.toBe(first?.key);
    expect((await listRuns(rows.workspaceId, { replayOf: runId }, { limit: 10 })).map((run) => run.id)).toEqual([replayed.runId]);
  });

  test("sends the first run's keys when told to", async () => {
    const { rows, runId } = await failedRun("same");
    const replayed = await replayRun(actorOf(rows), { runId, version: "original", sameKeys: true });
    await work(replayed.runId);
    const [first, second] = hitsOf("same");
    expect(second?.key).toBe(first?.key);
  });

  test("runs the live version with another body, and keeps that body for a replay of the replay", async () => {
    const { rows, runId } = await failedRun("edit");
    sink.answer(() => ({ status: 200 }));
    const versionId = newId();
    const definition = JSON.stringify(flowOf([post("edited")]));
    await pool().query("INSERT INTO flow_version (id, workspace_id, flow_id, number, definition, hash) VALUES ($1, $2, $3, 2, $4, 'x')", [
      versionId,
      rows.workspaceId,
      rows.flowId,
      definition,
    ]);
    await pool().query("UPDATE flow SET live_version_id = $1 WHERE id = $2", [versionId, rows.flowId]);
    const one = await replayRun(actorOf(rows), { runId, version: "live", body: '{"edited":"\u00e9"}' });
    await work(one.runId);
    expect(hitsOf("edited").map((hit) => hit.body)).toEqual(['{"edited":"\u00e9"}']);
    expect(await findRun(rows.workspaceId, one.runId)).toMatchObject({ hasOwnBody: true, versionNumber: 2 });
    const two = await replayRun(actorOf(rows), { runId: one.runId, version: { id: versionId } });
    await work(two.runId);
    expect(hitsOf("edited").map((hit) => hit.body)).toEqual(['{"edited":"\u00e9"}', '{"edited":"\u00e9"}']);
  });

  test("refuses versions of other flows, unknown runs, and events past retention", async () => {
    const { rows, runId } = await failedRun("deny");
    const other = await insertFlowRows(flowOf([]));
    await expect(replayRun(actorOf(rows), { runId, version: { id: other.versionId } })).rejects.toBeInstanceOf(InvalidInputError);
    await expect(replayRun(actorOf(other), { runId, version: "original" })).rejects.toBeInstanceOf(NotFoundError);
    await pool().query("DELETE FROM event_payload WHERE event_id = (SELECT event_id FROM run WHERE id = $1)", [runId]);
    await expect(replayRun(actorOf(rows), { runId, version: "original" })).rejects.toMatchObject({ code: "event-gone" });
  });
});

describe("cancel", () => {
  test("ends a waiting run for good", async () => {
    const rows = await insertFlowRows(flowOf([post("stop")]));
    sink.answer(() => ({ status: 503 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await work(runId);
    await cancelRun(actorOf(rows), runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "canceled" });
    expect((await listStepRuns(rows.workspaceId, runId))[0]).toMatchObject({ status: "canceled" });
    await work(runId);
    expect(hitsOf("stop")).toHaveLength(1);
    await expect(cancelRun(actorOf(rows), runId)).rejects.toMatchObject({ code: "run-ended" });
  });

  test("takes the run from its worker, which can write nothing more and begins no further effect", async () => {
    const rows = await insertFlowRows(flowOf([post("running"), post("never")]));
    sink.answer(() => ({ status: 200, afterMs: 400 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    const working = work(runId);
    working.catch(() => undefined);
    await expect.poll(() => hitsOf("running").length).toBe(1);
    await cancelRun(actorOf(rows), runId);
    await expect(working).rejects.toBeInstanceOf(LeaseLostError);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "canceled" });
    expect(hitsOf("never")).toHaveLength(0);
  });
});

describe("an unknown outcome", () => {
  async function undecided(id: string) {
    const rows = await insertFlowRows(flowOf([post(id, { onUnknown: "ask" }), post(`${id}_next`)]));
    sink.answer((hit) => (hit.path === `/${id}` ? "reset" : { status: 200 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "needs a decision" });
    sink.answer(() => ({ status: 200 }));
    return { rows, runId };
  }

  test("sent again: the same bytes and key", async () => {
    const { rows, runId } = await undecided("d_again");
    await decideStep(actorOf(rows), { runId, path: "d_again", decision: "send again" });
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    const hits = hitsOf("d_again");
    expect(hits).toHaveLength(2);
    expect(new Set(hits.map((hit) => `${hit.key} ${hit.bodySha256}`)).size).toBe(1);
  });

  test("treated as sent, or skipped: nothing goes out again, and the run goes on", async () => {
    for (const decision of ["treat as sent", "skip"] as const) {
      const id = decision === "skip" ? "d_skip" : "d_sent";
      const { rows, runId } = await undecided(id);
      await decideStep(actorOf(rows), { runId, path: id, decision });
      await work(runId);
      expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
      expect(hitsOf(id)).toHaveLength(1);
      expect(hitsOf(`${id}_next`)).toHaveLength(1);
      const step = (await listStepRuns(rows.workspaceId, runId))[0];
      expect(step?.status).toBe(decision === "skip" ? "skipped" : "succeeded");
      if (step?.outputDataId != null)
        expect((await findStepData(rows.workspaceId, [step.outputDataId])).get(step.outputDataId)?.json).toBe('{"treatedAsSent":true}');
      await expect(decideStep(actorOf(rows), { runId, path: id, decision })).rejects.toMatchObject({ code: "no-decision-needed" });
    }
  });
});

describe("a worker that keeps being lost over one run", () => {
  test("loses it after three claims without progress: the run fails with the reason in sight", async () => {
    const rows = await insertFlowRows(flowOf([post("poison")]));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await pool().query("UPDATE run SET claims = 3 WHERE id = $1", [runId]);
    await work(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({
      status: "failed",
      errorCode: "quarantined",
      errorMessage: expect.stringContaining("3 times"),
    });
    expect(hitsOf("poison")).toHaveLength(0);
  });

  test("acts no more when it cannot prove that it is alive", async () => {
    const rows = await insertFlowRows(flowOf([post("unproven")]));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await expect(work(runId, { isProven: () => false })).rejects.toBeInstanceOf(LeaseLostError);
    expect(hitsOf("unproven")).toHaveLength(0);
  });
});
