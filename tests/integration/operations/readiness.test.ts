import { createServer, type Server } from "node:http";
import os from "node:os";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import type { FindWorkerProblem } from "#lib/commands/instance/check-readiness.ts";
import { applyMigrations } from "#lib/db/apply-migrations.ts";
import { recordCanary } from "#lib/db/canaries.ts";
import { levelOf, readMigrations } from "#lib/db/migrations.ts";
import { pool } from "#lib/db/pool.ts";
import { withClient } from "#lib/db/with-client.ts";
import { env } from "#lib/platform/env.ts";
import { log } from "#lib/platform/log.ts";
import { lookAtCanary } from "#lib/upkeep/keep-canary-alarm.ts";
import { answerOperations } from "#server/answer-operations.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

const database = useTestDatabase();
let findWorkerProblem: FindWorkerProblem | null = null;
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const caller = { peerAddress: request.socket.remoteAddress, forwarded: "x-forwarded-for" in request.headers };
    void answerOperations(request, response, caller, findWorkerProblem).then(
      (answered) => answered || response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  base = `http://127.0.0.1:${address.port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(forgetAnswer);

/** An answer is good for a second. */
function forgetAnswer(): void {
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for("hookline.readiness")];
}

/** Level and words of what is logged meanwhile. */
async function linesLogged(work: () => Promise<void>): Promise<[string, string][]> {
  const lines: [string, string][] = [];
  const spies = (["info", "error"] as const).map((level) =>
    vi
      .spyOn(log(), level)
      .mockImplementation((_fields: unknown, words?: string) => void lines.push([level, words ?? ""])),
  );
  await work();
  for (const spy of spies) spy.mockRestore();
  return lines;
}

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(base + path, { headers });
  return { status: response.status, text: await response.text() };
}

const DOOR_READY = { status: "ready", checks: { database: "ok", migrations: "ok", partitions: "ok" } };

test("a door is ready without any worker, behind a backlog, and while pages use up their connections", async () => {
  await pool().query(
    `INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, origin_run_id, created_at)
     SELECT new_id(), new_id(), new_id(), new_id(), new_id(), new_id(), now() - interval '1 hour'
     FROM generate_series(1, 2000)`,
  );
  const busy = Array.from({ length: env().databaseConnections + 1 }, () => pool().query("SELECT pg_sleep(3)"));
  const answer = await get("/readyz");
  await Promise.all(busy);
  await pool().query("DELETE FROM run");
  expect(JSON.parse(answer.text)).toEqual(DOOR_READY);
  expect(answer.status).toBe(200);
});

test("a worker's process answers for its own worker, in words", async () => {
  findWorkerProblem = () => "gets no answer from the queue";
  const stuck = await get("/readyz");
  forgetAnswer();
  findWorkerProblem = () => null;
  const working = await get("/readyz");
  findWorkerProblem = null;
  expect(stuck.status).toBe(503);
  expect(JSON.parse(stuck.text).checks.worker).toBe("gets no answer from the queue");
  expect(JSON.parse(working.text)).toEqual({ ...DOOR_READY, checks: { ...DOOR_READY.checks, worker: "ok" } });
});

test("the next version's migration leaves a running door ready unless it needs newer code", async () => {
  const mine = readMigrations();
  const next = {
    name: "9001_next",
    sql: "ALTER TABLE flow ADD COLUMN extra text",
    checksum: "1".repeat(64),
    oldestCode: levelOf(mine),
  };
  const after = {
    name: "9002_after",
    sql: "ALTER TABLE flow DROP COLUMN extra",
    checksum: "2".repeat(64),
    oldestCode: 9001,
  };
  await withClient(database.url, (client) => applyMigrations(client, [...mine, next]));
  const beside = await get("/readyz");
  expect(beside.status).toBe(200);
  expect(JSON.parse(beside.text).checks.migrations).toBe("ok, beside a newer version's 9001_next");
  forgetAnswer();
  await withClient(database.url, (client) => applyMigrations(client, [...mine, next, after]));
  const behind = await get("/readyz");
  expect(behind.status).toBe(503);
  expect(JSON.parse(behind.text).checks.migrations).toContain("made for versions that know 9001");
  await pool().query("DELETE FROM _prisma_migrations WHERE migration_name LIKE '9%'");
});

test("the canary is a number to alert on; the log says once that it is late and once that it is back", async () => {
  expect((await get("/metrics")).text).toMatch(/^hookline_canary_age_seconds \+Inf$/m);
  const said = await linesLogged(async () => {
    await lookAtCanary(1_000);
    await lookAtCanary(60_000);
    await lookAtCanary(65_000);
    await recordCanary(pool(), os.hostname());
    await lookAtCanary(70_000);
    await pool().query("UPDATE instance_setting SET updated_at = now() - interval '1 hour' WHERE key LIKE 'canary:%'");
    await lookAtCanary(75_000);
  });
  expect(said).toEqual([
    ["error", "no worker is alive; what is accepted waits"],
    ["info", "runs get through the queue again"],
    ["error", "no worker is alive; what is accepted waits"],
  ]);
  expect((await get("/metrics")).text).toMatch(/^hookline_canary_age_seconds 3600(\.\d+)?$/m);
});

test("is not ready when tomorrow's partition is missing, and says which", async () => {
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10).replaceAll("-", "");
  await pool().query(`ALTER TABLE step_data RENAME TO step_data_moved`);
  await pool().query(`CREATE TABLE step_data (LIKE step_data_moved INCLUDING ALL) PARTITION BY RANGE (id)`);
  const answer = await get("/readyz");
  await pool().query(`DROP TABLE step_data`);
  await pool().query(`ALTER TABLE step_data_moved RENAME TO step_data`);
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.text).checks.partitions).toContain(`step_data_p${tomorrow}`);
});

test("is not ready on a database with an unknown migration", async () => {
  await pool().query(
    "INSERT INTO _prisma_migrations (id, checksum, migration_name, finished_at) VALUES ('x', 'x', '9999_later', now())",
  );
  const answer = await get("/readyz");
  await pool().query("DELETE FROM _prisma_migrations WHERE id = 'x'");
  expect(answer.status).toBe(503);
  expect(JSON.parse(answer.text).checks.migrations).toContain("9999_later");
});

test("healthz answers while anything else may be broken, and takes no other method", async () => {
  expect(await get("/healthz")).toEqual({ status: 200, text: "ok\n" });
  expect((await fetch(`${base}/healthz`, { method: "POST" })).status).toBe(405);
});

test("metrics are Prometheus text for this machine and closed to what came through a proxy", async () => {
  const answer = await get("/metrics");
  expect(answer.status).toBe(200);
  expect(answer.text).toMatch(/^hookline_workers_alive 0$/m);
  expect(answer.text).toMatch(/^process_cpu_user_seconds_total /m);
  expect((await get("/metrics", { "x-forwarded-for": "203.0.113.9" })).status).toBe(403);
});
