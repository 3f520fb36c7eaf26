import { describe, expect, test } from "vitest";
import { previewResume } from "#lib/commands/runs/plan-resume.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { findRun } from "#lib/db/runs.ts";
import { listStepRuns, readRunHistory } from "#lib/db/step-runs.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { actorOf, ONE_TRY, useCalledRuns } from "#tests/support/called-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

const once = (id: string, path = id): Step => {
  const step = runs.post(id, ONE_TRY);
  return { ...step, input: { ...(step as { input: object }).input, url: `${runs.sink.url}/${path}` } } as Step;
};
const loop = (id: string, steps: Step[]): Step => ({
  kind: "forEach",
  id,
  name: id,
  items: "trigger.body.list",
  concurrency: 1,
  onItemError: "stop",
  steps,
});

/** Makes these steps the flow's newest version, which is live then; returns its id. */
async function publish(rows: FlowRows, steps: Step[]): Promise<string> {
  const id = newId();
  await pool().query(
    `INSERT INTO flow_version (id, workspace_id, flow_id, number, definition, hash)
     SELECT $1, $2, $3, max(number) + 1, $4, $5 FROM flow_version WHERE flow_id = $3`,
    [id, rows.workspaceId, rows.flowId, JSON.stringify(flowOf(steps)), id],
  );
  await pool().query("UPDATE flow SET live_version_id = $2 WHERE id = $1", [rows.flowId, id]);
  return id;
}

/** A run of these steps that failed because the target refuses what comes to `refused`. */
async function failedAt(refused: string, steps: Step[], body: object = {}) {
  const rows = await insertFlowRows(flowOf(steps));
  runs.sink.answer((hit) => ({ status: hit.path.startsWith(`/${refused}`) ? 400 : 200 }));
  const { runId } = await insertEventRun(rows, JSON.stringify(body), { job: false });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed" });
  return { rows, runId, actor: actorOf(rows) };
}

const statesOf = async (rows: FlowRows, runId: string) =>
  (await listStepRuns(rows.workspaceId, runId)).map(({ path, status }) => [path, status]);

describe("resume on another version", () => {
  test("repeats nothing that is done, and makes the failed call as the new version says, with its key", async () => {
    const { rows, runId, actor } = await failedAt("broken", [once("a1"), once("b1", "broken"), once("c1")]);
    const before = rows.versionId;
    const live = await publish(rows, [once("n1"), once("a1"), once("b1", "mended"), once("c1")]);
    const preview = await previewResume(actor, runId, "live");
    expect(preview.version).toEqual({ id: live, number: 2 });
    expect(preview.moves.map(({ stepId, fate }) => [stepId, fate])).toEqual([
      ["n1", "new"],
      ["a1", "kept"],
      ["b1", "again"],
      ["c1", "ahead"],
    ]);
    expect(await findRun(rows.workspaceId, runId), "a preview changes nothing").toMatchObject({ status: "failed" });

    await resumeRun(actor, runId, { version: "live" });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded", versionId: live });
    expect(["n1", "a1", "c1"].map((id) => runs.hitsOf(id).length)).toEqual([1, 1, 1]);
    expect(runs.hitsOf("mended").map(({ key }) => key)).toEqual([runs.hitsOf("broken")[0]?.key]);
    const history = await readRunHistory(rows.workspaceId, runId);
    expect(history.versions).toMatchObject([{ from: before, to: live, at: expect.any(Date) }]);
    expect(history.steps.map(({ path, status, attempts }) => [path, status, attempts.length])).toEqual([
      ["n1", "succeeded", 1],
      ["a1", "succeeded", 1],
      ["b1", "succeeded", 2],
      ["c1", "succeeded", 1],
    ]);
  });

  test("leaves out what is removed, also the step that failed, and keeps it in the history", async () => {
    const { rows, runId, actor } = await failedAt("gone2", [once("a2"), once("b2", "gone2"), once("c2")]);
    await publish(rows, [once("a2"), once("c2")]);
    await resumeRun(actor, runId, { version: "live" });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(runs.hitsOf("gone2")).toHaveLength(1);
    expect(await statesOf(rows, runId)).toEqual([
      ["a2", "succeeded"],
      ["b2", "failed"],
      ["c2", "succeeded"],
    ]);
  });

  test("takes a finished step's answer along into a branch, and the failed one's key", async () => {
    const uses = { ...once("b3", "broken3"), input: { ...(once("b3", "broken3") as { input: object }).input } } as Step;
    const { rows, runId, actor } = await failedAt("broken3", [once("a3"), uses], { n: 1 });
    const way: Step = {
      kind: "branch",
      id: "way3",
      name: "way3",
      cases: [{ id: "yes", name: "Yes", when: "trigger.body.n = 1", steps: [once("a3"), once("b3", "mended3")] }],
      otherwise: [once("never3")],
    };
    const reads: Step = {
      kind: "action",
      id: "r3",
      name: "r3",
      action: "transform",
      input: { value: "steps.a3.status" },
    };
    await publish(rows, [way, reads]);
    await resumeRun(actor, runId, { version: "live" });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(runs.hitsOf("a3")).toHaveLength(1);
    expect(runs.hitsOf("mended3")[0]?.key).toBe(runs.hitsOf("broken3")[0]?.key);
    expect(await statesOf(rows, runId)).toEqual([
      ["way3", "succeeded"],
      ["way3/a3", "succeeded"],
      ["way3/b3", "succeeded"],
      ["way3/never3", "skipped"],
      ["r3", "succeeded"],
    ]);
  });

  test("goes on in a loop over the list as it was, each item with its own key, finished items untouched", async () => {
    const { rows, runId, actor } = await failedAt(
      "item4/2",
      [loop("each4", [once("i4", "item4/{{ item }}"), once("j4", "after4/{{ item }}")])],
      { list: [1, 2, 3] },
    );
    await publish(rows, [
      {
        ...loop("each4", [
          once("i4", "mended4/{{ item }}"),
          once("new4", "new4/{{ item }}"),
          once("j4", "after4/{{ item }}"),
        ]),
        items: "[]",
      } as Step,
    ]);
    await resumeRun(actor, runId, { version: "live" });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    const counts = (path: string) => [1, 2, 3].map((item) => runs.hitsOf(`${path}/${item}`).length);
    expect(counts("item4")).toEqual([1, 1, 0]);
    expect(counts("mended4")).toEqual([0, 1, 1]);
    // What is new in an item that had not ended runs for it.
    expect(counts("new4")).toEqual([1, 1, 1]);
    expect(counts("after4")).toEqual([1, 1, 1]);
    expect(runs.hitsOf("mended4/2")[0]?.key).toBe(runs.hitsOf("item4/2")[0]?.key);
  });

  test("decides a branch anew whose way is gone, and runs what it had passed by", async () => {
    const branch = (id: string, steps: Step[], otherwise: Step[]): Step => ({
      kind: "branch",
      id: "way5",
      name: "way5",
      cases: [{ id, name: id, when: "trigger.body.n = 1", steps }],
      otherwise,
    });
    const { rows, runId, actor } = await failedAt(
      "broken5",
      [branch("old", [once("a5", "broken5")], [once("other5")])],
      {
        n: 1,
      },
    );
    await publish(rows, [branch("fresh", [once("other5")], [])]);
    await resumeRun(actor, runId, { version: "live" });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect([runs.hitsOf("broken5").length, runs.hitsOf("other5").length]).toEqual([1, 1]);
  });

  test("is refused, on its own version too, for a run whose steps are past retention", async () => {
    const { rows, runId, actor } = await failedAt("broken7", [once("a7"), once("b7", "broken7")]);
    const live = await publish(rows, [once("a7"), once("b7", "mended7")]);
    const old = newId(new Date(Date.now() - 60 * 86_400_000));
    await pool().query("DELETE FROM journal_part WHERE run_id = $1", [runId]);
    await pool().query("UPDATE run SET id = $2 WHERE id = $1", [runId, old]);
    const gone = { code: "steps-gone" };
    await expect(resumeRun(actor, old)).rejects.toMatchObject(gone);
    await expect(resumeRun(actor, old, { version: { id: live } })).rejects.toMatchObject(gone);
    await expect(previewResume(actor, old, "live")).rejects.toMatchObject(gone);
    expect(await findRun(rows.workspaceId, old)).toMatchObject({ status: "failed" });
    expect(runs.hitsOf("a7")).toHaveLength(1);
  });

  test("is refused for what did not fail, a version of another flow and a run of another workspace", async () => {
    const { rows, runId, actor } = await failedAt("broken6", [once("a6", "broken6")]);
    const live = await publish(rows, [once("a6", "mended6")]);
    const other = await failedAt("broken6", [once("b6", "broken6")]);
    const stranger = actorOf(other.rows);
    await expect(resumeRun(actor, runId, { version: { id: other.rows.versionId } })).rejects.toThrow("no such version");
    await expect(resumeRun(actor, runId, { version: { id: "x" } })).rejects.toThrow("no such version");
    await expect(resumeRun(stranger, runId, { version: { id: live } })).rejects.toMatchObject({
      name: "NotFoundError",
    });
    await expect(previewResume(stranger, runId, "live")).rejects.toMatchObject({ name: "NotFoundError" });
    await expect(previewResume(actorOf(rows, "viewer"), runId, "live")).rejects.toMatchObject({
      name: "ForbiddenError",
    });
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed", versionId: rows.versionId });
    await resumeRun(actor, runId, { version: { id: live } });
    await workOnRun(runId);
    await expect(resumeRun(actor, runId, { version: { id: rows.versionId } })).rejects.toMatchObject({
      code: "run-not-resumable",
    });
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded", versionId: live });
  });
});
