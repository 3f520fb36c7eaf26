import { spawn } from "node:child_process";
import { chownSync, closeSync, existsSync, mkdirSync, openSync, readFileSync } from "node:fs";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { tryPort } from "../free-port.ts";
import { createCluster } from "./create-cluster.ts";
import { ensureOwnerRole, hasOwnerRole, OWNER_ROLE } from "./owner-role.ts";
import { type PostgresBinaries, preparePostgresBinaries } from "./postgres-binaries.ts";
import { asUser, findPostgresUser, type PostgresUser } from "./postgres-user.ts";
import { readPostmasterFile } from "./postmaster-file.ts";
import { repairCluster } from "./repair-cluster.ts";

/** A PostgreSQL server on 127.0.0.1 with one database, `hookline`. */
export type EmbeddedPostgres = {
  /** As the role that owns the database and is no superuser: what Hookline works with. */
  url: string;
  /** As the superuser, for whoever cares for the server itself; Hookline never uses it. */
  superuserUrl: string;
  port: number;
  pid: number;
  /** True when the server was already running on our data and only its port was taken over. */
  adopted: boolean;
  /** Resolves when the server process has ended, however that came about; does not keep our process alive. */
  ended: Promise<void>;
  /** Fast shutdown: ends connections, writes a checkpoint; resolves when the process is gone. */
  stop(): Promise<void>;
};

/** `folder` holds `data`, passwords and logs; `durable: false` skips fsync and is for tests only. */
export type EmbeddedPostgresOptions = { folder: string; durable?: boolean; maxConnections?: number; port?: number };

const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 30_000;

/** Starts the embedded PostgreSQL on the data in `folder` (made when missing), or adopts the one running there. */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = findPostgresUser();
  const binaries = preparePostgresBinaries(user);
  const data = path.join(options.folder, "data");
  repairCluster({ user, folder: options.folder });
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  if (user.kind === "other") chownSync(options.folder, user.uid, user.gid);
  const superuser = createCluster({ binaries, user, folder: options.folder });

  const running = readPostmasterFile(data);
  const isOlder = running !== null && !hasOwnerRole(options.folder);
  // Left running by a version that worked as superuser: the role is made while nobody uses the data.
  if (isOlder) await stopServer(data, running.pid);
  const owner = ensureOwnerRole({ binaries, user, folder: options.folder });
  const passwords = { superuser, owner };
  if (running !== null && !isOlder) return adopt(data, passwords);
  for (let attempt = 1; ; attempt++) {
    const port = options.port ?? (await freePort());
    const outcome = await launch({ binaries, user, data, port, options });
    if (outcome.kind === "ready") return describe(data, passwords, outcome.pid, port, false);
    if (attempt === 3) throw new Error(`PostgreSQL did not start.\n${outcome.output}`);
  }
}

type Passwords = { superuser: string; owner: string };

type Launch = {
  binaries: PostgresBinaries;
  user: PostgresUser;
  data: string;
  port: number;
  options: EmbeddedPostgresOptions;
};

async function launch(launch: Launch): Promise<{ kind: "ready"; pid: number } | { kind: "failed"; output: string }> {
  const { binaries, user, data, port, options } = launch;
  const output = path.join(options.folder, "start.log");
  const outputFile = openSync(output, "w", 0o600);
  const settings = serverSettings(options).flatMap((setting) => ["-c", setting]);
  // Detached: Ctrl-C in the terminal must reach web and worker first, and the server must outlive a killed supervisor.
  const child = spawn(binaries.postgres, ["-D", data, "-p", String(port), ...settings], {
    ...asUser(user),
    cwd: options.folder,
    detached: true,
    stdio: ["ignore", outputFile, outputFile],
    env: serverEnvironment(),
  });
  closeSync(outputFile);
  child.unref();
  let over = false;
  child.once("exit", () => (over = true));
  child.once("error", () => (over = true));
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!over && performance.now() < deadline) {
    const file = readPostmasterFile(data);
    if (file !== null && file.pid === child.pid && file.status === "ready") return { kind: "ready", pid: file.pid };
    await sleep(20);
  }
  if (!over) child.kill("SIGQUIT");
  return { kind: "failed", output: existsSync(output) ? readFileSync(output, "utf8").slice(-4000) : "" };
}

async function adopt(data: string, passwords: Passwords): Promise<EmbeddedPostgres> {
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const file = readPostmasterFile(data);
    if (file === null) throw new Error("The PostgreSQL that was running on our data has just stopped: start again.");
    if (file.status === "ready") return describe(data, passwords, file.pid, file.port, true);
    await sleep(50);
  }
  throw new Error(`The PostgreSQL already running on ${data} is not ready after ${START_TIMEOUT_MS / 1000} s.`);
}

function describe(data: string, passwords: Passwords, pid: number, port: number, adopted: boolean): EmbeddedPostgres {
  return {
    url: `postgresql://${OWNER_ROLE}:${passwords.owner}@127.0.0.1:${port}/hookline`,
    superuserUrl: `postgresql://hookline:${passwords.superuser}@127.0.0.1:${port}/hookline`,
    port,
    pid,
    adopted,
    ended: waitForEnd(data, pid, { keepAlive: false, timeoutMs: Number.POSITIVE_INFINITY }).then(() => undefined),
    stop: () => stopServer(data, pid),
  };
}

async function stopServer(data: string, pid: number): Promise<void> {
  signal(pid, "SIGINT");
  if (await waitForEnd(data, pid, { keepAlive: true, timeoutMs: STOP_TIMEOUT_MS })) return;
  signal(pid, "SIGQUIT");
  await waitForEnd(data, pid, { keepAlive: true, timeoutMs: STOP_TIMEOUT_MS });
}

/** True when the server has ended in time; `keepAlive: false` lets our process end meanwhile. */
async function waitForEnd(
  data: string,
  pid: number,
  wait: { keepAlive: boolean; timeoutMs: number },
): Promise<boolean> {
  const deadline = performance.now() + wait.timeoutMs;
  while (readPostmasterFile(data)?.pid === pid) {
    if (performance.now() > deadline) return false;
    await sleep(wait.keepAlive ? 20 : 250, undefined, { ref: wait.keepAlive });
  }
  return true;
}

function signal(pid: number, name: "SIGINT" | "SIGQUIT"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

function serverSettings(options: EmbeddedPostgresOptions): string[] {
  return [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    `max_connections=${options.maxConnections ?? 200}`,
    "shared_buffers=256MB",
    "max_wal_size=2GB",
    // Used log files are kept for the next burst: making a new one of 16 MB holds up every commit meanwhile.
    "min_wal_size=512MB",
    "wal_compression=on",
    "jit=off",
    "timezone=UTC",
    "log_timezone=UTC",
    "logging_collector=on",
    `log_directory=${path.join(options.folder, "log")}`,
    "log_filename=postgres-%a.log",
    "log_truncate_on_rotation=on",
    "log_rotation_size=0",
    ...(options.durable === false ? ["fsync=off", "full_page_writes=off"] : []),
  ];
}

function serverEnvironment(): NodeJS.ProcessEnv {
  return { NODE_ENV: "production", PATH: process.env.PATH, LC_ALL: "C" };
}

async function freePort(): Promise<number> {
  const outcome = await tryPort(0, "127.0.0.1");
  if (outcome.kind === "refused") throw new Error(`No free port on 127.0.0.1 (${outcome.code}).`);
  return outcome.port;
}
