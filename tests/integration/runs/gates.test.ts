import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { Shares } from "#lib/running/shares.ts";
import { keepGates } from "#lib/worker/keep-gates.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
let rows: FlowRows;
beforeAll(async () => {
  rows = await insertFlowRows(flowOf([]));
});
afterAll(closeRunPools);

const HELD = 60;
const PLACES = 2;

const turns = async () =>
  (
    await pool().query<{ runId: string }>(
      `SELECT payload->>'runId' AS "runId" FROM graphile_worker._private_jobs WHERE priority = -1 ORDER BY run_at, id`,
    )
  ).rows.map(({ runId }) => runId);

test("a gate lets no more through while those it let through last still wait for a worker", async () => {
  const held: string[] = [];
  for (let n = 0; n < HELD; n += 1) held.push((await insertEventRun(rows, "{}", { job: false })).runId);
  await pool().query(
    `INSERT INTO held_back_run (run_id, workspace_id, gate_kind, gate_key)
     SELECT id, workspace_id, 'flow', flow_id FROM run`,
  );
  const shares = new Shares(PLACES);
  const looks = vi.spyOn(shares, "setLines");
  const keeper = keepGates(shares);
  onTestFinished(() => keeper.stop());
  const opened: string[] = [];
  let most = 0;
  while (opened.length < HELD) {
    const before = looks.mock.calls.length;
    await expect.poll(() => looks.mock.calls.length).toBeGreaterThan(before + 5);
    const now = await turns();
    most = Math.max(most, now.length);
    opened.push(...now);
    // A worker takes them.
    await pool().query(`DELETE FROM graphile_worker._private_jobs WHERE payload->>'runId' = ANY ($1)`, [now]);
  }
  expect(opened).toEqual(held.toSorted());
  // As many as one look lets through, beside those it may overlook.
  expect(most).toBeLessThanOrEqual(PLACES * 8 + PLACES);
}, 60_000);
