import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerFor } from "#lib/commands/runs/answer-for.ts";
import { cancelRun } from "#lib/commands/runs/cancel-run.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import { resumeRun } from "#lib/commands/runs/resume-run.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { DAY } from "#lib/core/units.ts";
import { listAuditEntries } from "#lib/db/audit-entries.ts";
import { dropPartitionsBefore } from "#lib/db/partitions.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { withClient } from "#lib/db/with-client.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { approval, ask, callbackRun, fingerprint, post, seen, tokenOf } from "#tests/support/callback-runs.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { readRunResult } from "#tests/support/run-steps-once.ts";
import { POOL_HERE, workOnRun } from "#tests/support/work-on-run.ts";

const database = useTestDatabase();
beforeAll(() => insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid }));
afterAll(async () => {
  await closeSandbox();
  await closeRunPools();
});

const steps = [approval(), seen("after", "steps.ok")];

async function stored(runId: string) {
  const { rows } = await pool().query<{ status: string; leased: boolean; due: boolean; jobs: number }>(
    `SELECT status, lease_token IS NOT NULL AS leased, wake_at IS NULL AS due,
            (SELECT count(*)::int FROM graphile_worker._private_jobs j
             WHERE j.payload->>'runId' = r.id::text AND j.run_at <= now()) AS jobs
     FROM run r WHERE id = $1`,
    [runId],
  );
  return rows[0];
}

/** Lets the time of a run's waits pass. */
async function runOut(runId: string): Promise<void> {
  await pool().query("UPDATE open_wait SET due_at = now() - interval '1 s' WHERE run_id = $1", [runId]);
  await pool().query("UPDATE run SET wake_at = NULL WHERE id = $1", [runId]);
}

describe("an answer", () => {
  test("that comes while the run waits wakes it with what was sent, digit for digit", async () => {
    const { runId } = await callbackRun(steps);
    await workOnRun(runId);
    expect(await stored(runId)).toEqual({ status: "waiting", leased: false, due: false, jobs: 0 });
    const sent = '{"choice": "approve", "amount": 12345678901234567890}';
    const response = await post(tokenOf(runId, "approver:anna"), sent, { ip: "192.0.2.7" });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({
      status: "answered",
      choice: "approve",
      by: "Anna",
      at: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(await stored(runId)).toEqual({ status: "waiting", leased: false, due: true, jobs: 1 });
    await workOnRun(runId);
    const result = await readRunResult(runId);
    expect(result.status).toBe("succeeded");
    expect(result.outputs["after"]).toMatchObject({ choice: "approve", by: "Anna", body: { choice: "approve" } });
    const { rows } = await pool().query("SELECT answered_from, answer FROM open_wait WHERE run_id = $1", [runId]);
    expect(rows[0]).toMatchObject({ answered_from: "192.0.2.7" });
    expect(rows[0].answer).toContain("12345678901234567890");
  });

  test("that comes before the step is reached is kept, and no reason to wait", async () => {
    const { runId } = await callbackRun(steps);
    const before = await ask(tokenOf(runId));
    expect(await before.text()).toContain("You may answer now already");
    expect((await post(tokenOf(runId, "choice:reject"), "")).status).toBe(200);
    await workOnRun(runId);
    const { status, outputs } = await readRunResult(runId);
    expect(status).toBe("succeeded");
    expect(outputs["after"]).toMatchObject({ choice: "reject", by: "", body: null });
  });

  test("that comes before, to a run that waits for something else, does not make it spin", async () => {
    const { runId } = await callbackRun([
      { kind: "delay", id: "wait", name: "Wait", amount: "1", unit: "hours" },
      ...steps,
    ]);
    await post(tokenOf(runId, "choice:approve"), {});
    await workOnRun(runId);
    expect(await stored(runId)).toEqual({ status: "waiting", leased: false, due: false, jobs: 0 });
  });

  test("that comes between the worker's look and its last write is found in that write", async () => {
    const { runId } = await callbackRun([
      {
        kind: "forEach",
        id: "each",
        name: "Each",
        items: "[1, 2]",
        concurrency: 1,
        onItemError: "stop",
        steps: [approval(), seen("slow", "$string($sum([1..200000]))")],
      },
    ]);
    const path = "each/[0]/ok";
    const turn = workOnRun(runId);
    await expect
      .poll(async () => (await pool().query("SELECT FROM open_wait WHERE run_id = $1", [runId])).rowCount, {
        interval: 1,
      })
      .toBeGreaterThan(0);
    const [first] = await Promise.all([post(tokenOf(runId, "choice:approve", path), {}), turn]);
    expect(first?.status).toBe(200);
    await expect.poll(async () => (await stored(runId))?.due).toBe(true);
    expect((await stored(runId))?.jobs).toBeGreaterThan(0);
  });

  test("is given once: the second is told which one counts", async () => {
    const { runId } = await callbackRun(steps);
    await workOnRun(runId);
    const tokens = ["choice:approve", "choice:reject", "approver:anna", ""].map((link) => tokenOf(runId, link));
    const answers = await Promise.all(
      tokens.map((token) => post(token, { choice: token === tokens[1] ? "reject" : "approve" })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const late = await post(tokenOf(runId, "approver:ben"), { choice: "reject" });
    expect(late.status).toBe(409);
    expect(await late.json()).toEqual({
      error: {
        code: "already-answered",
        message: expect.stringMatching(/^The first answer counts: (Approve|Reject), on 20/),
      },
    });
    const page = await ask(tokenOf(runId), { headers: { accept: "text/html" } });
    expect(page.status).toBe(409);
    expect(await page.text()).toContain("This was answered before");
  });

  test("in a loop is for its own item", async () => {
    const link = "run.callbacks.ok.choices.approve";
    const { runId } = await callbackRun([
      {
        kind: "forEach",
        id: "each",
        name: "Each",
        items: "[1, 2, 3]",
        concurrency: 3,
        onItemError: "stop",
        steps: [seen("link", link), approval()],
      },
    ]);
    await workOnRun(runId);
    const { outputs } = await readRunResult(runId);
    const links = [0, 1, 2].map((index) => String(outputs[`each/[${index}]/link`]).split("/").at(-1) ?? "");
    expect(new Set(links).size).toBe(3);
    for (const [index, token] of links.entries()) {
      expect((await post(token, {})).status).toBe(200);
      await workOnRun(runId);
      expect((await readRunResult(runId)).status).toBe(index === 2 ? "succeeded" : "waiting");
    }
  });
});

describe("a run that waits for an answer", () => {
  test("fails when its time is over, says so to whoever is late, and waits anew when it is resumed", async () => {
    const { runId, actor } = await callbackRun(steps);
    await workOnRun(runId);
    await runOut(runId);
    expect((await post(tokenOf(runId, "choice:approve"), {})).status).toBe(410);
    await workOnRun(runId);
    expect(await readRunResult(runId)).toMatchObject({
      status: "failed",
      error: "Nobody answered within 2 days.",
    });
    const late = await post(tokenOf(runId, "choice:approve"), {});
    expect(late.status).toBe(410);
    expect(await late.json()).toMatchObject({ error: { code: "timed-out" } });
    await resumeRun(actor, runId);
    await workOnRun(runId);
    expect(await stored(runId)).toMatchObject({ status: "waiting", due: false });
    expect((await post(tokenOf(runId, "choice:approve"), {})).status).toBe(200);
    await workOnRun(runId);
    expect((await readRunResult(runId)).status).toBe("succeeded");
  });

  test("goes on without one where the step says so", async () => {
    const { runId } = await callbackRun([approval({ onTimeout: "continue" }), seen("after", "steps.ok.timedOut")]);
    await workOnRun(runId);
    await runOut(runId);
    await workOnRun(runId);
    expect(await readRunResult(runId)).toMatchObject({ status: "succeeded", outputs: { after: true } });
  });

  test("is not sent on by a person without an answer", async () => {
    const { runId, actor } = await callbackRun(steps);
    await workOnRun(runId);
    const before = await fingerprint(runId);
    await expect(resumeRun(actor, runId)).rejects.toMatchObject({ code: "answer-needed" });
    expect(await fingerprint(runId)).toBe(before);
  });

  test("is answered by a member in their own name, with a line in the audit log; not by a viewer", async () => {
    const { runId, actor } = await callbackRun(steps);
    await workOnRun(runId);
    const given = { runId, path: "ok", choice: "reject", note: "Too dear." };
    await expect(answerFor({ ...actor, role: "viewer" }, given)).rejects.toThrow("Your role does not allow");
    await expect(answerFor({ ...actor, workspaceId: newId() as WorkspaceId }, given)).rejects.toThrow("no such run");
    await expect(answerFor(actor, { ...given, choice: "maybe" })).rejects.toThrow("takes no such answer");
    await answerFor(actor, given);
    await expect(answerFor(actor, given)).rejects.toMatchObject({ code: "already-answered" });
    await workOnRun(runId);
    expect((await readRunResult(runId)).outputs["after"]).toMatchObject({
      choice: "reject",
      by: "Hookline",
      body: { note: "Too dear." },
    });
    const [entry] = await listAuditEntries(actor.workspaceId, { limit: 1 });
    expect(entry).toMatchObject({ action: "run.answer", detail: { step: "ok", choice: "reject" } });
  });

  test("that is canceled tells so at its links; its replay has links of its own", async () => {
    const { runId, actor } = await callbackRun(steps);
    await workOnRun(runId);
    await cancelRun(actor, runId);
    const late = await post(tokenOf(runId, "choice:approve"), {});
    expect(late.status).toBe(410);
    expect(await late.json()).toMatchObject({ error: { code: "canceled" } });
    expect(await (await ask(tokenOf(runId))).text()).toContain("This was canceled");
    const replay = await replayRun(actor, { runId, version: "original" });
    expect(tokenOf(replay.runId)).not.toBe(tokenOf(runId));
    await workOnRun(replay.runId);
    expect((await post(tokenOf(replay.runId, "choice:approve"), {})).status).toBe(200);
    await workOnRun(replay.runId);
    expect((await readRunResult(replay.runId)).status).toBe("succeeded");
  });

  test("that ended without it tells so", async () => {
    const { runId } = await callbackRun([
      { kind: "stop", id: "stop", name: "Stop", outcome: "succeeded", reason: "" },
      approval(),
    ]);
    await workOnRun(runId);
    const late = await post(tokenOf(runId, "choice:approve"), {});
    expect(await late.json()).toMatchObject({ error: { code: "ended" } });
  });
});

test("answers go with the payloads of runs that have ended, those of others stay", async () => {
  const [ended, open] = [await callbackRun(steps), await callbackRun(steps)];
  for (const { runId } of [ended, open]) await workOnRun(runId);
  await post(tokenOf(ended.runId, "choice:approve"), { secret: "of the answer" });
  await workOnRun(ended.runId);
  const tomorrow = new Date(Date.now() + DAY);
  await withClient(database.url, (client) => dropPartitionsBefore(client, tomorrow));
  const { rows } = await pool().query("SELECT run_id FROM open_wait WHERE run_id = ANY($1)", [
    [ended.runId, open.runId],
  ]);
  expect(rows).toEqual([{ run_id: open.runId }]);
  expect((await ask(tokenOf(ended.runId))).status).toBe(410);
});
