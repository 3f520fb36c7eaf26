import { expect, test } from "vitest";
import { openGates } from "#lib/db/held-back-runs.ts";
import { pool } from "#lib/db/pool.ts";
import { call, flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();

test("a run that would also go on at a time of its own goes on when its gate opens before", async () => {
  const rows = await insertFlowRows(flowOf([call("only", "1")]));
  const [early, plain] = [
    (await insertEventRun(rows, "{}", { job: false })).runId,
    (await insertEventRun(rows, "{}", { job: false })).runId,
  ];
  await pool().query("UPDATE run SET status = 'retrying', wake_at = now() + interval '1 hour' WHERE id = $1", [early]);
  const gate = { workspaceId: rows.workspaceId, kind: "target" as const, key: "slow.test" };
  for (const id of [early, plain])
    await pool().query(
      "INSERT INTO held_back_run (run_id, workspace_id, gate_kind, gate_key) VALUES ($1, $2, $3, $4)",
      [id, gate.workspaceId, gate.kind, gate.key],
    );
  expect(await openGates([{ gate, count: 10 }])).toBe(2);
  const { rows: found } = await pool().query(
    `SELECT r.wake_at, EXISTS (
       SELECT FROM graphile_worker._private_jobs j WHERE j.payload->>'runId' = r.id::text) AS job
     FROM run r WHERE r.id = ANY ($1::uuid[])`,
    [[early, plain]],
  );
  expect(found).toEqual([
    { wake_at: null, job: true },
    { wake_at: null, job: true },
  ]);
});
