import path from "node:path";
import { bootstrapInstance } from "#lib/commands/instance/bootstrap-instance.ts";
import { issueSetupToken } from "#lib/commands/instance/issue-setup-token.ts";
import { migrateDatabase } from "#lib/commands/instance/migrate-database.ts";
import { rememberFolder } from "#lib/platform/embedded-postgres/find-folder.ts";
import { type Env, readEnv, SettingsRefused } from "#lib/platform/env.ts";
import { tryFileLock } from "#lib/platform/file-lock.ts";
import { tryPort } from "#lib/platform/free-port.ts";
import { buildApp } from "../build-app.ts";
import { say } from "../say.ts";
import { type KeptChild, keepChild } from "./keep-child.ts";
import { type KeptPostgres, keepPostgres } from "./keep-postgres.ts";
import { openSecretKey } from "./open-secret-key.ts";
import { waitUntilReady } from "./wait-until-ready.ts";

// A little more than the 15 s and 30 s web and worker give themselves.
const WEB_GRACE_MS = 20_000;
const WORKER_GRACE_MS = 35_000;

/** Replaced within 15 s of its last sign of life, its start included. Hot reload compiles on the main thread. */
const SILENT_MS_MAX = { start: 9_000, dev: 60_000 };

/** `start` serves the build, made when stale; `dev` serves the sources with hot reload. */
export type SuperviseMode = "start" | "dev";

/**
 * Brings up everything this machine's roles need, prints the one line with the address, and keeps it running until
 * `signal` aborts; then stops in order: web and worker drain, PostgreSQL last. Throws when it cannot start.
 */
export async function supervise(mode: SuperviseMode, signal: AbortSignal): Promise<void> {
  Object.assign(process.env, { NODE_ENV: mode === "start" ? "production" : "development" });
  const env = readSettings();
  const lockFile = path.join(env.dataDir, "hookline.lock");
  const lock = tryFileLock(lockFile);
  if (lock.kind === "held")
    throw new Error(
      `Hookline is already running from this folder (process ${lock.by}). ` +
        `If it runs from another one, of which this is a copy, remove ${lockFile} here.`,
    );
  let postgres: KeptPostgres | null = null;
  const children: { child: KeptChild; graceMs: number }[] = [];
  try {
    const port = env.roles.web ? await claimPort(env) : env.port;
    if (env.databaseUrl === undefined) postgres = await keepPostgres(env);
    const databaseUrl = env.databaseUrl ?? postgres?.url ?? "";
    if (signal.aborted) return;
    const { applied } = await migrateDatabase(databaseUrl);
    if (applied.length > 0) say(`database migrated (${applied.join(", ")})`);
    const key = await openSecretKey(env, databaseUrl);
    if (postgres !== null) rememberFolder(env.dataDir, postgres.folder, key);
    Object.assign(process.env, {
      DATABASE_URL: databaseUrl,
      HOOKLINE_SECRET_KEY: key.toString("base64"),
      PORT: String(port),
    });
    await bootstrapInstance(env);
    const setupToken = env.roles.web ? await issueSetupToken() : null;
    if (env.roles.web && mode === "start") await buildApp(signal);
    if (signal.aborted) return;

    const keep = (name: string) => keepChild(name, `server/${name}.ts`, process.env, SILENT_MS_MAX[mode]);
    if (env.roles.worker) children.push({ child: keep("worker"), graceMs: WORKER_GRACE_MS });
    if (env.roles.web) {
      children.push({ child: keep("web"), graceMs: WEB_GRACE_MS });
      await waitUntilReady(env.host, port, signal);
    }
    if (!signal.aborted) announce(env, port, setupToken);
    await aborted(signal);
  } finally {
    if (children.length > 0) say("stopping: letting requests and steps finish …");
    await Promise.all(children.map(({ child, graceMs }) => child.stop(graceMs)));
    await postgres?.stop();
    lock.release();
    if (signal.aborted) say("stopped");
  }
}

function readSettings(): Env {
  const outcome = readEnv(process.env);
  if (outcome.kind === "refused") throw new SettingsRefused(outcome.problems);
  for (const warning of outcome.warnings) say(`note: ${warning}`);
  return outcome.env;
}

async function claimPort(env: Env): Promise<number> {
  const outcome = await tryPort(env.port, env.host);
  if (outcome.kind === "free") return outcome.port;
  const reason =
    outcome.code === "EADDRINUSE"
      ? "is used by another program"
      : outcome.code === "EACCES"
        ? "may not be used by this user"
        : `cannot be used (${outcome.code})`;
  throw new Error(`Port ${env.port} ${reason}. Choose another: PORT=3001 npm start`);
}

/** The one line that says where Hookline is; while nobody owns it, with the token that lets the first visitor do so. */
function announce(env: Env, port: number, setupToken: string | null): void {
  if (!env.roles.web) return say("the worker is running");
  const base = env.publicUrlIsSet ? env.publicUrl : `http://localhost:${port}`;
  process.stdout.write(`Hookline is ready: ${base}/${setupToken === null ? "" : `setup#${setupToken}`}\n`);
}

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    // A pending promise alone would not keep the process alive while no child runs.
    const beat = setInterval(() => undefined, 60_000);
    signal.addEventListener("abort", () => {
      clearInterval(beat);
      resolve();
    });
  });
}
