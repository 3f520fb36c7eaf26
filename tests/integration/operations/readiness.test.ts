import { createServer, type Server } from "node:http";
import os from "node:os";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { recordCanary } from "#lib/db/canaries.ts";
import { pool } from "#lib/db/pool.ts";
import { answerOperations } from "#server/answer-operations.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";

useTestDatabase();
let server: Server;
let base: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const caller = { peerAddress: request.socket.remoteAddress, forwarded: "x-forwarded-for" in request.headers };
    void answerOperations(request, response, caller).then((answered) => answered || response.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no address");
  base = `http://127.0.0.1:${address.port}`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));
beforeEach(() => {
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for("hookline.readiness")];
});

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(base + path, { headers });
  return { status: response.status, text: await response.text() };
}

test("is not ready before a worker's canary has gone through, and ready after", async () => {
  const before = await get("/readyz");
  expect(before.status).toBe(503);
  expect(JSON.parse(before.text).checks.worker).toBe("no canary has finished yet");
  await recordCanary(pool(), os.hostname());
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for("hookline.readiness")];
  const after = await get("/readyz");
  expect(JSON.parse(after.text)).toEqual({
    status: "ready",
    checks: { database: "ok", migrations: "ok", partitions: "ok", worker: "ok" },
  });
  expect(after.status).toBe(200);
});

test("is not ready when tomorrow's partition is missing, and says which", async () => {
  await recordCanary(pool(), os.hostname());
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
