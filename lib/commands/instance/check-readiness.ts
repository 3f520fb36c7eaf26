import { SECOND } from "#lib/core/units.ts";
import { findMigrationState } from "#lib/db/apply-migrations.ts";
import { type Migration, readMigrations } from "#lib/db/migrations.ts";
import { findMissingPartitions } from "#lib/db/partitions.ts";
import { readDatabaseTime } from "#lib/db/settle-database-time.ts";
import { WATCH_MS_MAX, watchPool } from "#lib/db/watch-pool.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** One thing that must hold before this process should get traffic; `detail` is for operators and names no secret. */
export type ReadinessCheck = { name: "database" | "migrations" | "partitions" | "worker"; ok: boolean; detail: string };

/** Whether this process is ready, with every check that says so or not. */
export type Readiness = { ready: boolean; checks: ReadinessCheck[] };

/** What keeps this process's own worker from taking runs, in words; null when nothing does. */
export type FindWorkerProblem = () => string | null;

const CACHE_MS = 1 * SECOND;

/**
 * Asks whether the database answers, its schema fits this code, its partitions exist and, in a worker's process, that
 * worker takes runs. What other processes do, and how much waits, is no part of it: a door that accepts is ready.
 * Answers at most once a second, others get that answer.
 */
export async function checkReadiness(findWorkerProblem: FindWorkerProblem | null): Promise<Readiness> {
  const cache = singleton<{ atMs: number; answer: Promise<Readiness> | null }>("readiness", () => ({
    atMs: 0,
    answer: null,
  }));
  if (cache.answer === null || performance.now() - cache.atMs > CACHE_MS) {
    cache.atMs = performance.now();
    cache.answer = runChecks(findWorkerProblem);
  }
  const readiness = await cache.answer;
  metrics().ready.set(readiness.ready ? 1 : 0);
  return readiness;
}

/** The migrations this process was started with; call it at the start, before an upgrade can put newer files there. */
export function ownMigrations(): Migration[] {
  return singleton("migrations", readMigrations);
}

async function runChecks(findWorkerProblem: FindWorkerProblem | null): Promise<Readiness> {
  const database = await check("database", async () => {
    await watchPool().query("SELECT 1");
    return { ok: true, detail: "ok" };
  });
  if (!database.ok) return { ready: false, checks: [database] };
  const others = [
    check("migrations", checkMigrations),
    check("partitions", checkPartitions),
    ...(findWorkerProblem === null ? [] : [check("worker", async () => found(findWorkerProblem()))]),
  ];
  const checks = [database, ...(await Promise.all(others))];
  return { ready: checks.every((one) => one.ok), checks };
}

type Finding = Omit<ReadinessCheck, "name">;

async function check(name: ReadinessCheck["name"], look: () => Promise<Finding>): Promise<ReadinessCheck> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<Finding>((resolve) => {
    const late = { ok: false, detail: `no answer within ${WATCH_MS_MAX / SECOND} s` };
    timer = setTimeout(resolve, WATCH_MS_MAX, late);
  });
  // What the database says in its own words may name hosts and users: it belongs into the log, not into an open page.
  const finding = await Promise.race([look(), timeout]).catch(() => ({ ok: false, detail: "does not answer" }));
  clearTimeout(timer);
  return { name, ...finding };
}

async function checkMigrations(): Promise<Finding> {
  const state = await findMigrationState(watchPool(), ownMigrations());
  switch (state.kind) {
    case "current":
      return {
        ok: true,
        detail: state.newer.length === 0 ? "ok" : `ok, beside a newer version's ${state.newer.join(", ")}`,
      };
    case "pending":
      return { ok: false, detail: `pending: ${state.names.join(", ")}` };
    case "refused":
      return { ok: false, detail: state.message };
  }
}

async function checkPartitions(): Promise<Finding> {
  const missing = await findMissingPartitions(watchPool(), await readDatabaseTime(watchPool()), 1);
  return found(missing.length === 0 ? null : `missing: ${missing.map(({ name }) => name).join(", ")}`);
}

function found(problem: string | null): Finding {
  return { ok: problem === null, detail: problem ?? "ok" };
}
