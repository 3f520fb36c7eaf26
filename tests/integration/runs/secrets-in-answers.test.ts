import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { createConnection } from "#lib/commands/connections/create-connection.ts";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import { insertWorkerPool } from "#lib/db/worker-pools.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { closeAgents } from "#lib/platform/egress/http-agents.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
import { actorOf } from "#tests/support/called-runs.ts";
import { keptValues, makeStepsDue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { answerWith, startRawTarget } from "#tests/support/raw-target.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { readRunResult } from "#tests/support/run-steps-once.ts";
import { POOL_HERE, workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
vi.stubEnv("HOOKLINE_EGRESS_ALLOW", "127.0.0.1");
beforeAll(() => insertWorkerPool({ id: POOL_HERE, host: "test", pid: process.pid }));
afterAll(async () => {
  closeAgents();
  await closeSandbox();
  await closeRunPools();
});

const answer = (status: number, body: string) =>
  `HTTP/1.1 ${status} X\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** Runs "get, loop, send on": the first target echoes `echo`, the second fails once and then takes what it is sent. */
async function sendOn(password: string, echo: string) {
  const source = await startRawTarget(answerWith(answer(200, echo)));
  let tries = 0;
  const next = await startRawTarget((socket) => {
    tries += 1;
    answerWith(answer(tries === 1 ? 503 : 200, '{"ok":true}'))(socket);
  });
  const rows = await insertFlowRows(flowOf([]));
  const connection = await createConnection(
    { ...actorOf(rows), role: "owner" },
    { name: "Source", kind: "http.basic", config: { user: "u", hosts: ["*"] }, secrets: { password } },
  );
  const http = { kind: "action", action: "http.request" } as const;
  const steps: Step[] = [
    { ...http, id: "g", name: "Get", connectionId: connection.id, input: { method: "GET", url: source.url } },
    { kind: "action", id: "t", name: "Pick", action: "transform", input: { value: "[steps.g.body]" } },
    {
      ...http,
      id: "h",
      name: "Send on",
      input: { method: "POST", url: next.url, body: { kind: "json", json: "{{ steps.t }}" } },
      settings: { retry: { attempts: 3, firstMs: 100, factor: 1, maxMs: 100 } },
    },
    {
      ...http,
      id: "i",
      name: "And again",
      input: { method: "POST", url: next.url, body: { kind: "json", json: "{{ steps.g.body }}" } },
    },
  ];
  await pool().query("UPDATE flow_version SET definition = $2 WHERE id = $1", [
    rows.versionId,
    JSON.stringify(flowOf(steps)),
  ]);
  const { runId } = await insertEventRun(rows, "{}", { job: false });
  // Taken up anew for the second try: what flows on comes from the journal then.
  for (let claim = 0; claim < 2; claim += 1) {
    await makeStepsDue(runId);
    await pool().query("UPDATE run SET wake_at = now() WHERE id = $1 AND wake_at IS NOT NULL", [runId]);
    await workOnRun(runId);
  }
  return {
    run: await readRunResult(runId),
    sent: next.heard.map((heard) => heard.slice(heard.indexOf("\r\n\r\n") + 4)),
    kept: await keptValues(runId),
  };
}

test("a secret in an answer flows on whole, through a new worker too, and is kept and shown nowhere", async () => {
  const password = "long-s3cret-password";
  const echo = JSON.stringify({ paid: true, [password]: 1, note: `is ${password}!` });
  const { run, sent, kept } = await sendOn(password, echo);
  expect(run.status).toBe("succeeded");
  expect(sent).toEqual([`[${echo}]`, `[${echo}]`, echo]);
  for (const row of kept) expect(row.data, row.kind).not.toContain(password);
  expect(run.outputs).toMatchObject({ g: { body: { paid: true, "[redacted]": 1, note: "is [redacted]!" } } });
  // Outputs, inputs and frozen calls that held it have their whole beside them, sealed.
  const sealed = kept.filter((row) => row.sealed !== null);
  expect(sealed.map((row) => row.kind).sort()).toEqual(["effect", "effect", "input", "input", "output", "output"]);
  for (const row of sealed) expect(Buffer.from(row.sealed ?? []).toString("latin1")).not.toContain("s3cret");
});

test("a password that is a common word shreds neither what flows on nor what is shown", async () => {
  const echo = '{"paid":true,"note":"trueblue","true":"truely"}';
  const { run, sent, kept } = await sendOn("true", echo);
  expect(sent.at(-1)).toBe(echo);
  expect(run.outputs).toMatchObject({ g: { body: { paid: true, note: "trueblue", true: "truely" } } });
  expect(kept.every((row) => row.sealed === null)).toBe(true);
});
