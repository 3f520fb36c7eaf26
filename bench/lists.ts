import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { listQuestions } from "#bench/support/list-questions.ts";
import { measureLists } from "#bench/support/measure-lists.ts";
import { seedHistory } from "#bench/support/seed-history.ts";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { closeListPool } from "#lib/db/list-pool.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { startEmbeddedPostgres } from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";

/**
 * Every list, facet, count and search of pages and API over a million runs, events, steps and values: p50 and p95.
 * Fails above 100 ms; a search through texts, which reads all of them, above 4 s (the database stops it at 5).
 * BENCH_RUNS makes it smaller, BENCH_ROUNDS longer.
 */
const RUNS = Number(process.env.BENCH_RUNS ?? 1_000_000);
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 20);
const LIST_MS_MAX = 100;
const SEARCH_MS_MAX = 4_000;

const folder = mkdtempSync(path.join(os.tmpdir(), "hookline-bench-"));
chmodSync(folder, 0o711);
const server = await startEmbeddedPostgres({ folder: path.join(folder, "postgres"), durable: false });
process.env.DATABASE_URL = server.url;
process.env.HOOKLINE_LOG_LEVEL = "warn";
try {
  await migrateDatabase(server.url);
  const began = performance.now();
  const history = await seedHistory(RUNS);
  const seconds = Math.round((performance.now() - began) / 1_000);
  console.log(`lists: ${RUNS.toLocaleString("en")} runs, filled in ${seconds} s, ${ROUNDS} rounds each, in ms`);
  for (const { name, p50Ms, p95Ms } of await measureLists(listQuestions(history), ROUNDS)) {
    const max = name.includes("search, few") || name.includes("search, nothing") ? SEARCH_MS_MAX : LIST_MS_MAX;
    const isSlow = p95Ms > max;
    if (isSlow) process.exitCode = 1;
    const figures = `p50 ${p50Ms.toFixed(1).padStart(7)}   p95 ${p95Ms.toFixed(1).padStart(7)}`;
    console.log(`  ${name.padEnd(48)} ${figures}${isSlow ? `   ABOVE ${max} ms` : ""}`);
  }
} finally {
  await closeListPool();
  await prisma().$disconnect();
  await pool().end();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
}
