import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { actorOf } from "#tests/support/called-runs.ts";
import { makeStepsDue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { readRunResult } from "#tests/support/run-steps-once.ts";
import { POOL_HERE, workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
vi.stubEnv("HOOKLINE_EGRESS_ALLOW", "127.0.0.1");
beforeAll(() => insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid }));
afterAll(async () => {
  await closeSandbox();
  await closeRunPools();
});

/** A server that puts `grey` off as many times as said; `heard` are the recipients of each mail it took. */
async function startServer(putOffTimes: number) {
  const heard: string[][] = [];
  let left = putOffTimes;
  const server = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    authOptional: true,
    onRcptTo: ({ address }, _session, done) => {
      if (!address.startsWith("grey") || left <= 0) return done();
      left -= 1;
      done(Object.assign(new Error("4.7.1 greylisted"), { responseCode: 451 }));
    },
    onData: (stream, session, done) => {
      stream.resume();
      stream.on("end", () => {
        heard.push(session.envelope.rcptTo.map(({ address }) => address));
        done();
      });
    },
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
  return { port: (server.server.address() as AddressInfo).port, heard };
}

/** A run that mails two recipients through that server, worked on `tries` times. */
async function mailTwo(port: number, tries: number) {
  const rows = await insertFlowRows(flowOf([]));
  const connection = await createConnection(
    { ...actorOf(rows), role: "owner" },
    {
      name: "Mail",
      kind: "smtp",
      config: { host: "127.0.0.1", port, security: "none", from: "sender@example.com" },
      secrets: {},
    },
  );
  const step = {
    kind: "action",
    id: "m",
    name: "Mail",
    action: "email.send",
    connectionId: connection.id,
    input: { to: "good@example.com, grey@example.com", subject: "s", text: "t" },
    settings: { retry: { attempts: 2, firstMs: 100, factor: 1, maxMs: 100 } },
  } as const;
  await pool().query("UPDATE flow_version SET definition = $2 WHERE id = $1", [
    rows.versionId,
    JSON.stringify(flowOf([step])),
  ]);
  const { runId } = await insertEventRun(rows, "{}", { job: false });
  for (let number = 0; number < tries; number += 1) {
    await makeStepsDue(runId);
    await pool().query("UPDATE run SET wake_at = now() WHERE id = $1 AND wake_at IS NOT NULL", [runId]);
    await workOnRun(runId);
  }
  return readRunResult(runId);
}

test("a recipient that was put off gets the mail at the next try, and nobody gets it twice", async () => {
  const server = await startServer(1);
  const run = await mailTwo(server.port, 2);
  expect(server.heard).toEqual([["good@example.com"], ["grey@example.com"]]);
  expect(run).toMatchObject({
    status: "succeeded",
    outputs: { m: { accepted: ["good@example.com", "grey@example.com"], rejected: [] } },
  });
});

test("one put off until no try is left fails the step, which says who has the mail and who has not", async () => {
  const server = await startServer(9);
  const run = await mailTwo(server.port, 2);
  expect(server.heard).toEqual([["good@example.com"]]);
  expect(run).toMatchObject({
    status: "failed",
    error: expect.stringMatching(/Accepted for good@example\.com\. Put off for grey@example\.com \(451/),
  });
});
