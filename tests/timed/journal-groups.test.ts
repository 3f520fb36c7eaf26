import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import { columnsOf, type FencedWrite, type HeldRun } from "#lib/db/journal-columns.ts";
import { packWrite } from "#lib/db/journal-part.ts";
import { writeStatement } from "#lib/db/journal-sql.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools, runPool } from "#lib/db/run-pool.ts";
import { stepRow, tryRow } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
afterAll(closeRunPools);

const SMALL = 20;
const LARGE = 200;
let held: HeldRun[];
beforeAll(async () => {
  const rows = await insertFlowRows(flowOf([]));
  held = [];
  for (let count = 0; count < LARGE; count++) {
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    held.push({ id: runId, leaseToken: randomUUID(), workspaceId: rows.workspaceId });
  }
  await pool().query(
    `UPDATE run SET status = 'running', lease_token = t.token, lease_pool = 'pool-a'
     FROM unnest($1::uuid[], $2::uuid[]) AS t(id, token) WHERE run.id = t.id`,
    [held.map((run) => run.id), held.map((run) => run.leaseToken)],
  );
});

/** What a run of two steps writes before its effect: two steps, an attempt and three values. */
function writeOf(run: HeldRun, round: number): FencedWrite {
  const kinds = ["output", "input", "effect"] as const;
  const data = kinds.map((kind) => ({ id: newId(), kind, json: "{}", sealed: null }));
  const change = { kind: "hold", name: null, progress: false } as const;
  const write = {
    steps: ["a", "b"].map((path) => stepRow(path, { status: "running", inputDataId: data[0]?.id ?? null })),
    attempts: [tryRow("b", { outcome: "started" })],
    data,
    run: change,
  };
  return { held: run, number: round, tries: 1, again: false, packed: packWrite(write), run: change };
}

/** The least time in milliseconds that a run's part of such a group took, of many groups. */
async function leastMsPerRun(size: number, groups: number): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let group = 0; group < groups; group++) {
    const list = held.slice(0, size).map((run) => writeOf(run, size * 1_000 + group));
    const query = {
      ...writeStatement({ again: false, apart: false, jobs: false, gates: false }),
      values: columnsOf(list),
    };
    const began = performance.now();
    const { rowCount } = await runPool().query(query);
    least = Math.min(least, (performance.now() - began) / size);
    expect(rowCount).toBe(size);
  }
  return least;
}

test("a run's write costs no more in a large group than in a small one", async () => {
  const small = await leastMsPerRun(SMALL, 60);
  const large = await leastMsPerRun(LARGE, 12);
  expect(large / small).toBeLessThan(1.2);
});
