import { randomBytes } from "node:crypto";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { pool } from "#lib/db/pool.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";
import { tryPort } from "#lib/platform/free-port.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { type FlowRows, insertFlowRows } from "#tests/support/run-rows.ts";
import { installTransitionGuard } from "./audit.ts";
import { type KeptProcess, keepProcess } from "./kept-process.ts";

/**
 * Everything a fault test kills: a durable PostgreSQL, the door and workers as real processes; and what it must not: a
 * target.
 */
export type Stage = {
  url: string;
  rows: FlowRows;
  sink: HttpSink;
  door: KeptProcess;
  workers: KeptProcess[];
  kills: number;
  /** kill -9 of the postmaster and every backend; comes back on the same port and data. */
  killPostgres(): Promise<void>;
  end(): Promise<void>;
};

/** How a stage is set. `plant` is a file the door loads first. */
export type StageOptions = {
  flow: (sinkUrl: string) => FlowDefinition;
  workers: number;
  concurrency?: number;
  plant?: string;
  /** The endpoint's settings beside its dedupe by header. */
  settings?: object;
};

const DEDUPE_BY_HEADER = { dedupe: { kind: "source", source: { from: "header", name: "x-delivery" } } };

/** Sets up a stage; it owns this process's DATABASE_URL. What was started before something failed is ended. */
export async function setStage(options: StageOptions): Promise<Stage> {
  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await setUp(options, undo);
  } catch (error) {
    for (const end of undo.toReversed()) await end().catch(() => undefined);
    throw error;
  }
}

async function setUp(options: StageOptions, undo: (() => Promise<unknown>)[]): Promise<Stage> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hookline-chaos-"));
  chmodSync(folder, 0o711);
  let postgres = await startEmbeddedPostgres({ folder: path.join(folder, "postgres"), maxConnections: 200 });
  undo.push(() => postgres.stop());
  process.env.DATABASE_URL = postgres.url;
  process.env.HOOKLINE_SECRET_KEY = randomBytes(32).toString("base64");
  await migrateDatabase(postgres.url);
  await installTransitionGuard();
  const sink = await startHttpSink();
  undo.push(() => sink.close());
  const rows = await insertFlowRows(options.flow(sink.url), {
    settings: JSON.stringify({ ...DEDUPE_BY_HEADER, ...options.settings }),
  });
  const free = await tryPort(0, "127.0.0.1");
  if (free.kind === "refused") throw new Error("No free port.");
  const env = {
    DATABASE_URL: postgres.url,
    HOOKLINE_SECRET_KEY: process.env.HOOKLINE_SECRET_KEY,
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_SANDBOX_PROCESSES: "1",
    HOOKLINE_WORKER_CONCURRENCY: String(options.concurrency ?? 8),
    PORT: String(free.port),
  };
  const plant = options.plant === undefined ? [] : ["--import", path.resolve(options.plant)];
  const door = keepProcess([...plant, "tests/support/chaos/door-process.ts"], env);
  const workers = Array.from({ length: options.workers }, () => keepProcess(["server/worker.ts"], env));
  undo.push(() => Promise.all([door, ...workers].map((child) => child.end())));
  await Promise.all([
    door.waitForLine("web is serving"),
    ...workers.map((worker) => worker.waitForLine("worker is working")),
  ]);

  const stage: Stage = {
    url: `http://127.0.0.1:${free.port}/in/${rows.token}`,
    rows,
    sink,
    door,
    workers,
    kills: 0,
    async killPostgres() {
      for (const pid of [postgres.pid, ...childrenOf(postgres.pid)]) killNow(pid);
      await postgres.ended;
      postgres = await startAgain(path.join(folder, "postgres"), postgres);
    },
    async end() {
      await Promise.all([door.end(), ...workers.map((worker) => worker.end())]);
      await pool().end();
      for (const name of ["env", "pg-pool"])
        delete (globalThis as { [key: symbol]: unknown })[Symbol.for(`hookline.${name}`)];
      await sink.close();
      await postgres.stop();
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  return stage;
}

/** Right after kill -9 a start can fail while the old processes linger. */
async function startAgain(folder: string, { port }: EmbeddedPostgres): Promise<EmbeddedPostgres> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await startEmbeddedPostgres({ folder, port, maxConnections: 200 });
    } catch (error) {
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === parent);
}

/** The process that started this one; null when it is gone. */
export function parentOf(pid: number): number | null {
  try {
    return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, "utf8"))?.[1]);
  } catch {
    return null;
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It was gone already.
  }
}
