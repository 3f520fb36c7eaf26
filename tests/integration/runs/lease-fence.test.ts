import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { newId } from "#lib/core/ids.ts";
import { writeJournal } from "#lib/db/journal.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { loadSavedRun } from "#lib/db/saved-steps.ts";
import { insertWorkerPool, listLeaseTokens, retireWorkerPool, sweepSilentPools } from "#lib/db/worker-pools.ts";
import { type JournalWrite, LeaseLostError, type RunChange, type StepRow } from "#lib/engine/journal-rows.ts";
import { claimFreeRun } from "#tests/support/claim-free-run.ts";
import { journalTexts, stepRow } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
let rows: FlowRows;
beforeAll(async () => {
  rows = await insertFlowRows(flowOf([]));
  for (const id of ["pool-a", "pool-b"]) await insertWorkerPool({ id, host: "test", pid: 1 });
});
afterAll(closeRunPools);

const FIRST = { number: 1, tries: 1 };
const wish = (runId: string, poolId = "pool-a") => ({ runId, poolId, leaseToken: randomUUID() });
const write = (run: RunChange, more: Partial<JournalWrite> = {}): JournalWrite => ({
  steps: [],
  attempts: [],
  data: [],
  run,
  ...more,
});
const finish: RunChange = {
  kind: "finish",
  name: null,
  status: "succeeded",
  errorCode: null,
  errorMessage: null,
  failedStep: null,
  effectCounts: { http: 1 },
};
const hold: RunChange = { kind: "hold", name: null, progress: false };
const release = (wakeInMs: number | null): RunChange => ({
  kind: "release",
  name: null,
  status: "retrying",
  wakeInMs,
  progress: true,
  errorCode: null,
  errorMessage: null,
});
const step = (path: string, more: Partial<StepRow> = {}) =>
  stepRow(path, { idempotencyKey: "k", attempts: 1, ...more });
async function runRow(id: string) {
  const found = await pool().query("SELECT * FROM run WHERE id = $1", [id]);
  return found.rows[0] as {
    status: string;
    lease_token: string | null;
    claims: number;
    wake_at: Date | null;
    finished_at: Date | null;
    effect_counts: string;
  };
}
async function claimed(poolId = "pool-a") {
  const { runId } = await insertEventRun(rows, '{"n":1}', { job: false });
  const run = await claimFreeRun(wish(runId, poolId));
  if (run === null) throw new Error("not claimed");
  return run;
}

test("holds a run back at a gate in the same write as its steps and values", async () => {
  const { runId } = await insertEventRun(rows, "{}", { job: false });
  const claim = wish(runId);
  await claimFreeRun(claim);
  const heldBackAt = { kind: "target", key: "a.test:443" } as const;
  await writeJournal(
    { id: runId, leaseToken: claim.leaseToken, workspaceId: rows.workspaceId },
    write({ ...release(null), status: "queued", heldBackAt } as RunChange, {
      steps: [step("held", { status: "queued" })],
    }),
    FIRST,
  );
  const found = await pool().query("SELECT gate_kind, gate_key FROM held_back_run WHERE run_id = $1", [runId]);
  expect(found.rows).toEqual([{ gate_kind: "target", gate_key: "a.test:443" }]);
});

describe("a claim", () => {
  test("gives the run with its event as it came in", async () => {
    const { runId } = await insertEventRun(rows, '{"n":"\\u0000"}', { job: false, headers: [["X-One", "1"]] });
    const run = await claimFreeRun(wish(runId));
    expect(run).toMatchObject({
      id: runId,
      workspaceId: rows.workspaceId,
      flowName: "Test flow",
      claims: 1,
      isFresh: true,
      originRunId: runId,
    });
    expect(run?.event).toMatchObject({
      eventType: "test.event",
      method: "POST",
      path: "/in/x",
      query: "a=1&a=2",
      headers: '[["X-One","1"]]',
    });
    expect(Buffer.from(run?.event?.body ?? []).toString()).toBe('{"n":"\\u0000"}');
  });

  test("never steals: of many claims at the same moment exactly one wins", async () => {
    const { runId } = await insertEventRun(rows, "{}", { job: false });
    const outcomes = await Promise.all(
      Array.from({ length: 50 }, (_, index) => claimFreeRun(wish(runId, index % 2 === 0 ? "pool-a" : "pool-b"))),
    );
    expect(outcomes.filter((run) => run !== null)).toHaveLength(1);
  });

  test("is refused for a finished run and for one that is not due", async () => {
    const done = await claimed();
    await writeJournal(done, write(finish), FIRST);
    expect(await claimFreeRun(wish(done.id))).toBeNull();
    const later = await claimed();
    await writeJournal(later, write(release(60_000)), FIRST);
    expect(await claimFreeRun(wish(later.id))).toBeNull();
  });

  test("is not fresh the second time", async () => {
    const run = await claimed();
    await writeJournal(run, write(release(0)), FIRST);
    expect(await claimFreeRun(wish(run.id))).toMatchObject({ isFresh: false, claims: 1 });
  });
});

describe("the fence", () => {
  test("lets the holder write, and nobody else: neither row nor value of a stranger is stored", async () => {
    const run = await claimed();
    const dataId = newId();
    const stranger = write(hold, {
      steps: [step("evil")],
      data: [{ id: dataId, kind: "input", json: "1", sealed: null }],
    });
    await expect(writeJournal({ ...run, leaseToken: randomUUID() }, stranger, FIRST)).rejects.toBeInstanceOf(
      LeaseLostError,
    );
    expect(await journalTexts(run.id)).toEqual([]);
    await writeJournal(run, write(hold, { steps: [step("good")] }), FIRST);
    expect((await loadSavedRun(run.workspaceId, run.id)).steps.map((saved) => saved.row.path)).toEqual(["good"]);
  });

  test("of two workers of one run, the one whose lease was taken cannot commit", async () => {
    const first = await claimed("pool-a");
    await pool().query("UPDATE worker_pool SET beat_at = now() - interval '7 seconds' WHERE id = 'pool-a'");
    await pool().query("UPDATE worker_pool SET beat_at = now() WHERE id = 'pool-b'");
    // Silence counts from the database's start at the earliest.
    await expect.poll(sweepSilentPools, { timeout: 15_000, interval: 200 }).toEqual(["pool-a"]);
    const second = await claimFreeRun(wish(first.id, "pool-b"));
    expect(second).not.toBeNull();
    await expect(writeJournal(first, write(finish), FIRST)).rejects.toBeInstanceOf(LeaseLostError);
    await writeJournal({ ...first, leaseToken: second?.leaseToken ?? "" }, write(finish), FIRST);
    expect(await runRow(first.id)).toMatchObject({ status: "succeeded", lease_token: null });
    await pool().query("UPDATE worker_pool SET dead_at = NULL, beat_at = now() WHERE id = 'pool-a'");
  });

  test("keeps a terminal state: nothing is written after the finish", async () => {
    const run = await claimed();
    await writeJournal(run, write(finish), FIRST);
    await expect(writeJournal(run, write({ ...finish, status: "failed" }), FIRST)).rejects.toBeInstanceOf(
      LeaseLostError,
    );
    expect(await runRow(run.id)).toMatchObject({ status: "succeeded", effect_counts: '{"http":1}' });
  });

  test("holds for each run of a batch by itself", async () => {
    const runs = await Promise.all(Array.from({ length: 20 }, () => claimed()));
    const outcomes = await Promise.allSettled(
      runs.map((run, index) =>
        writeJournal(
          index % 3 === 0 ? { ...run, leaseToken: randomUUID() } : run,
          write(finish, { steps: [step("s")] }),
          FIRST,
        ),
      ),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual(
      runs.map((_, index) => (index % 3 === 0 ? "rejected" : "fulfilled")),
    );
  });

  test("a value the database refuses fails its own run, not its neighbours", async () => {
    const large = JSON.stringify("x".repeat(10_000));
    const runs = await Promise.all(Array.from({ length: 5 }, () => claimed()));
    const outcomes = await Promise.allSettled(
      runs.map((run, index) =>
        writeJournal(
          run,
          write(finish, {
            data: [{ id: index === 2 ? "no uuid" : newId(), kind: "output", json: large, sealed: null }],
          }),
          FIRST,
        ),
      ),
    );
    expect(outcomes.map((outcome) => outcome.status)).toEqual([
      "fulfilled",
      "fulfilled",
      "rejected",
      "fulfilled",
      "fulfilled",
    ]);
  });

  test("keeps error texts with NUL and lone surrogates readable", async () => {
    const run = await claimed();
    await writeJournal(run, write({ ...finish, status: "failed", errorMessage: "a\0b\ud800c" }), FIRST);
    expect((await pool().query("SELECT error_message FROM run WHERE id = $1", [run.id])).rows).toEqual([
      { error_message: "a\u2400b\ufffdc" },
    ]);
  });
});

describe("handing a run back", () => {
  test("adds its next job in the same transaction, for then", async () => {
    const run = await claimed();
    await writeJournal(
      run,
      write(release(90_000), { steps: [step("crm", { status: "retrying", nextAttemptInMs: 90_000 })] }),
      FIRST,
    );
    expect(await runRow(run.id)).toMatchObject({ status: "retrying", lease_token: null, claims: 0 });
    const { rows: jobs } = await pool().query(
      `SELECT extract(epoch FROM run_at - now())::int AS seconds, max_attempts
       FROM graphile_worker._private_jobs WHERE payload->>'runId' = $1`,
      [run.id],
    );
    expect(jobs).toHaveLength(1);
    expect(jobs[0]?.seconds).toBeGreaterThan(85);
    expect((await loadSavedRun(run.workspaceId, run.id)).steps[0]).toMatchObject({ due: false });
  });

  test("adds none for a stranger", async () => {
    const run = await claimed();
    await expect(writeJournal({ ...run, leaseToken: randomUUID() }, write(release(0)), FIRST)).rejects.toBeInstanceOf(
      LeaseLostError,
    );
    expect(
      (await pool().query("SELECT FROM graphile_worker._private_jobs WHERE payload->>'runId' = $1", [run.id])).rowCount,
    ).toBe(0);
  });

  test("a retired pool's runs are free at once", async () => {
    await insertWorkerPool({ id: "pool-c", host: "test", pid: 1 });
    const run = await claimed("pool-c");
    expect(await listLeaseTokens("pool-c")).toEqual([run.leaseToken]);
    await retireWorkerPool("pool-c");
    expect(await runRow(run.id)).toMatchObject({ status: "running", lease_token: null });
  });
});
