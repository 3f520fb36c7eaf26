import { describe, expect, test } from "vitest";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { pool } from "#lib/db/pool.ts";
import { listRuns } from "#lib/db/run-list.ts";
import { findRun } from "#lib/db/runs.ts";
import { actorOf, useCalledRuns } from "#tests/support/called-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

describe("replay", () => {
  test("is a new run with new keys, linked to the old one, which stays as it is", async () => {
    const { rows, runId } = await runs.failedRun("again");
    runs.sink.answer(() => ({ status: 200 }));
    const replayed = await replayRun(actorOf(rows), { runId, version: "original" });
    await workOnRun(replayed.runId);
    expect(await findRun(rows.workspaceId, replayed.runId)).toMatchObject({
      status: "succeeded",
      kind: "replay",
      replayOf: runId,
    });
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "failed" });
    const [first, second] = runs.hitsOf("again");
    expect(second?.bodySha256).toBe(first?.bodySha256);
    expect(second?.key).not.toBe(first?.key);
    expect(
      (await listRuns(rows.workspaceId, { replayOf: runId }, { limit: 10 }, "user test")).map((run) => run.id),
    ).toEqual([replayed.runId]);
  });

  test("sends the first run's keys when told to", async () => {
    const { rows, runId } = await runs.failedRun("same");
    const replayed = await replayRun(actorOf(rows), { runId, version: "original", sameKeys: true });
    await workOnRun(replayed.runId);
    const [first, second] = runs.hitsOf("same");
    expect(second?.key).toBe(first?.key);
  });

  test("runs the live version with another body, and keeps that body for a replay of the replay", async () => {
    const { rows, runId } = await runs.failedRun("edit");
    runs.sink.answer(() => ({ status: 200 }));
    const versionId = newId();
    const definition = JSON.stringify(flowOf([runs.post("edited")]));
    await pool().query(
      "INSERT INTO flow_version (id, workspace_id, flow_id, number, definition, hash) VALUES ($1, $2, $3, 2, $4, 'x')",
      [versionId, rows.workspaceId, rows.flowId, definition],
    );
    await pool().query("UPDATE flow SET live_version_id = $1 WHERE id = $2", [versionId, rows.flowId]);
    const one = await replayRun(actorOf(rows), { runId, version: "live", body: '{"edited":"\u00e9"}' });
    await workOnRun(one.runId);
    expect(runs.hitsOf("edited").map((hit) => hit.body)).toEqual(['{"edited":"\u00e9"}']);
    expect(await findRun(rows.workspaceId, one.runId)).toMatchObject({ hasOwnBody: true, versionNumber: 2 });
    const two = await replayRun(actorOf(rows), { runId: one.runId, version: { id: versionId } });
    await workOnRun(two.runId);
    expect(runs.hitsOf("edited").map((hit) => hit.body)).toEqual(['{"edited":"\u00e9"}', '{"edited":"\u00e9"}']);
  });

  test("refuses versions of other flows, unknown runs, and events past retention", async () => {
    const { rows, runId } = await runs.failedRun("deny");
    const other = await insertFlowRows(flowOf([]));
    await expect(replayRun(actorOf(rows), { runId, version: { id: other.versionId } })).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    await expect(replayRun(actorOf(other), { runId, version: "original" })).rejects.toBeInstanceOf(NotFoundError);
    await pool().query("DELETE FROM event_payload WHERE event_id = (SELECT event_id FROM run WHERE id = $1)", [runId]);
    await expect(replayRun(actorOf(rows), { runId, version: "original" })).rejects.toMatchObject({
      code: "event-gone",
    });
  });
});
