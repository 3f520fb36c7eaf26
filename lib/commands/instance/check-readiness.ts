import os from "node:os";
import { SECOND } from "#lib/core/units.ts";
import { findMigrationState, type Migration, readMigrations } from "#lib/db/apply-migrations.ts";
import { findCanaryAgeMs } from "#lib/db/canaries.ts";
import { findMissingPartitions } from "#lib/db/partitions.ts";
import { pool } from "#lib/db/pool.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { singleton } from "#lib/platform/singleton.ts";

/** One thing that must hold before this process should get traffic; `detail` is for operators and names no secret. */
export type ReadinessCheck = { name: "database" | "migrations" | "partitions" | "worker"; ok: boolean; detail: string };

/** Whether this process is ready, with every check that says so or not. */
export type Readiness = { ready: boolean; checks: ReadinessCheck[] };

const CACHE_MS = 1 * SECOND;
const DATABASE_TIMEOUT_MS = 2 * SECOND;
/** A canary is sent every 5 s and takes milliseconds. */
const CANARY_AGE_MAX_MS = 20 * SECOND;

/**
 * Asks whether the database answers, its migrations are this code's, tomorrow's partitions exist and – where a worker
 * runs on this machine – a canary has lately gone through the queue. Answers at most once a second, others get that
 * answer.
 */
export async function checkReadiness(roles: { worker: boolean }, now: Date): Promise<Readiness> {
  const cache = singleton<{ at: number; answer: Promise<Readiness> | null }>("readiness", () => ({
    at: 0,
    answer: null,
  }));
  if (cache.answer === null || now.getTime() - cache.at > CACHE_MS) {
    cache.at = now.getTime();
    cache.answer = runChecks(roles, now);
  }
  const readiness = await cache.answer;
  metrics().ready.set(readiness.ready ? 1 : 0);
  return readiness;
}

async function runChecks(roles: { worker: boolean }, now: Date): Promise<Readiness> {
  const database = await check("database", async () => {
    await pool().query("SELECT 1");
    return null;
  });
  if (!database.ok) return { ready: false, checks: [database] };
  const others = [
    check("migrations", () => migrationsProblem()),
    check("partitions", async () => {
      const missing = await findMissingPartitions(pool(), now, 1);
      return missing.length === 0 ? null : `missing: ${missing.map((partition) => partition.name).join(", ")}`;
    }),
    ...(roles.worker ? [check("worker", () => canaryProblem())] : []),
  ];
  const checks = [database, ...(await Promise.all(others))];
  return { ready: checks.every((one) => one.ok), checks };
}

async function check(name: ReadinessCheck["name"], findProblem: () => Promise<string | null>): Promise<ReadinessCheck> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<string>((resolve) => {
    timer = setTimeout(resolve, DATABASE_TIMEOUT_MS, `no answer within ${DATABASE_TIMEOUT_MS / SECOND} s`);
  });
  // What the database says in its own words may name hosts and users: it belongs into the log, not into an open page.
  const problem = await Promise.race([findProblem(), timeout]).catch(() => "does not answer");
  clearTimeout(timer);
  return { name, ok: problem === null, detail: problem ?? "ok" };
}

async function migrationsProblem(): Promise<string | null> {
  const state = await findMigrationState(pool(), singleton<Migration[]>("migrations", readMigrations));
  if (state.kind === "current") return null;
  return state.kind === "pending" ? `pending: ${state.names.join(", ")}` : state.message;
}

async function canaryProblem(): Promise<string | null> {
  const ageMs = await findCanaryAgeMs(pool(), os.hostname());
  if (ageMs === null) return "no canary has finished yet";
  return ageMs <= CANARY_AGE_MAX_MS ? null : `the last canary finished ${Math.round(ageMs / SECOND)} s ago`;
}
