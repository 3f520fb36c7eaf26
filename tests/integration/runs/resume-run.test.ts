import { describe, expect, test } from "vitest";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import { ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { findRun } from "#lib/db/runs.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import { actorOf, ONE_TRY, useCalledRuns } from "#tests/support/called-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

describe("resume", () => {
  test("goes on from the failed step with the same key and bytes, and repeats no finished step", async () => {
    const { rows, runId } = await runs.failedRun("mend");
    await resumeRun(actorOf(rows), runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({
      status: "queued",
      errorCode: null,
      finishedAt: null,
    });
    runs.sink.answer(() => ({ status: 200 }));
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded", effectCounts: { http: 3 } });
    expect(runs.hitsOf("mend_first")).toHaveLength(1);
    const [first, second] = runs.hitsOf("mend");
    expect(second).toMatchObject({ key: first?.key, bodySha256: first?.bodySha256 });
    const step = (await listStepRuns(rows.workspaceId, runId)).find((one) => one.path === "mend");
    expect(step?.attempts.map((attempt) => attempt.outcome)).toEqual(["failed", "done"]);
  });

  test("gives the failed step its full number of tries again", async () => {
    const { rows, runId } = await runs.failedRun("twice");
    await resumeRun(actorOf(rows), runId);
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed" });
    await resumeRun(actorOf(rows), runId);
    runs.sink.answer(() => ({ status: 200 }));
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(runs.hitsOf("twice")).toHaveLength(3);
  });

  test("tries a retrying run now instead of at its time", async () => {
    const rows = await insertFlowRows(flowOf([runs.post("soon")]));
    runs.sink.answer(() => ({ status: 503 }));
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "retrying" });
    await workOnRun(runId);
    expect(runs.hitsOf("soon")).toHaveLength(1);
    runs.sink.answer(() => ({ status: 200 }));
    await resumeRun(actorOf(rows), runId);
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  });

  test("is refused for a run that did not fail, for a viewer, and for another workspace", async () => {
    const { rows, runId } = await runs.failedRun("refuse");
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
              input: { method: "POST", url: `${runs.sink.url}/item`, body: { kind: "json", json: "{{ item }}" } },
              settings: ONE_TRY,
            },
          ],
        },
      ]),
    );
    runs.sink.answer((hit) => ({ status: hit.body === "2" ? 500 : 200 }));
    const { runId } = await insertEventRun(rows, '{"list":[1,2,3]}', { job: false });
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed", failedStep: "each/[1]/item" });
    await resumeRun(actorOf(rows), runId);
    runs.sink.answer(() => ({ status: 200 }));
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
    expect(runs.hitsOf("item").map((hit) => hit.body)).toEqual(["1", "2", "2", "3"]);
  });
});
