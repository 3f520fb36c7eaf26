import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { tryPort } from "#lib/platform/free-port.ts";
import { createTestDatabase } from "./postgres.ts";
import type { TestDatabase } from "./template-database.ts";

const READY_MS = 60_000;
const STOP_MS = 20_000;

/** The owner's credentials in a running app made with `owner: true`. */
export const OWNER = {
  email: "owner@example.com",
  password: "correct-horse-battery",
  apiKey: "hl_test_0123456789abcdef0123456789abcdef",
};

/** The API of an app with the owner's key; throws with the answer's text unless it is 2xx. */
export type OwnersApi = <Answer>(method: string, path: string, body?: unknown) => Promise<Answer>;

/** An app as those who use it see it. */
export type CalledApp = { readonly url: string; readonly api: OwnersApi };

/** The built app as real child processes on a database of its own. */
export type RunningApp = CalledApp & {
  databaseUrl: string;
  web: ChildProcess;
  worker: ChildProcess;
  /** Every log line of both processes so far. */
  lines: string[];
  stop(): Promise<void>;
};

/**
 * Starts the web and worker processes of the built app (`npm test` builds it first). `owner` makes OWNER, its workspace
 * and API key beforehand; without it the instance waits for its set-up. Private targets on loopback may be called.
 */
export async function startApp(
  options: { owner: boolean; env?: Record<string, string> },
  newDatabase: () => Promise<TestDatabase> = createTestDatabase,
): Promise<RunningApp> {
  const database = await newDatabase();
  const free = await tryPort(0, "127.0.0.1");
  if (free.kind === "refused") throw new Error(`No free port: ${free.code}`);
  const { port } = free;
  const url = `http://127.0.0.1:${port}`;
  const lines: string[] = [];
  const env = {
    ...process.env,
    ...options.env,
    NODE_ENV: "production" as const,
    DATABASE_URL: database.url,
    PORT: String(port),
    HOOKLINE_URL: url,
    HOOKLINE_SECRET_KEY: randomBytes(32).toString("base64"),
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_LOG_LEVEL: "info",
    ...(options.owner
      ? {
          HOOKLINE_ADMIN_EMAIL: OWNER.email,
          HOOKLINE_ADMIN_PASSWORD: OWNER.password,
          HOOKLINE_ADMIN_API_KEY: OWNER.apiKey,
        }
      : {}),
  };
  if (options.owner) await runOnce(path.join("tests", "support", "bootstrap-owner.ts"), env);
  const web = start(path.join("server", "web.ts"), env, lines);
  const worker = start(path.join("server", "worker.ts"), env, lines);
  const app: RunningApp = {
    url,
    databaseUrl: database.url,
    web,
    worker,
    lines,
    api: apiOf(url),
    async stop() {
      await Promise.all([end(web), end(worker)]);
      await database.drop();
    },
  };
  try {
    await untilReady(app);
  } catch (error) {
    await app.stop();
    throw error;
  }
  return app;
}

/** The API of the app at an address. */
export function apiOf(url: string): OwnersApi {
  return async <Answer>(method: string, at: string, body?: unknown): Promise<Answer> => {
    const answer = await fetch(`${url}/api/v1${at}`, {
      method,
      headers: {
        authorization: `Bearer ${OWNER.apiKey}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${at} answered ${answer.status}: ${text}`);
    return (text === "" ? null : JSON.parse(text)) as Answer;
  };
}

/** Asks `read` again every 50 ms until it gives something, at most `withinMs`; throws naming what was awaited. */
export async function eventually<Value>(
  what: string,
  read: () => Promise<Value | null | undefined | false>,
  withinMs = 15_000,
): Promise<Value> {
  const until = performance.now() + withinMs;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (performance.now() > until) throw new Error(`Not within ${withinMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function start(file: string, env: NodeJS.ProcessEnv, lines: string[]): ChildProcess {
  const child = spawn(process.execPath, [file], { cwd: process.cwd(), env, stdio: ["ignore", "pipe", "pipe"] });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on("line", (line) => lines.push(line));
  return child;
}

async function runOnce(file: string, env: NodeJS.ProcessEnv): Promise<void> {
  const lines: string[] = [];
  const child = start(file, env, lines);
  const [code] = await once(child, "exit");
  if (code !== 0) throw new Error(`${file} ended with ${code}:\n${lines.join("\n")}`);
}

async function untilReady(app: RunningApp): Promise<void> {
  try {
    await eventually(
      "the app is ready",
      async () => {
        if (app.web.exitCode !== null || app.worker.exitCode !== null) throw new Error("a process ended");
        return (await fetch(`${app.url}/readyz`).catch(() => null))?.ok;
      },
      READY_MS,
    );
  } catch (error) {
    throw new Error(`${(error as Error).message}\n${app.lines.slice(-40).join("\n")}`, { cause: error });
  }
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), STOP_MS);
  await ended;
  clearTimeout(timer);
}
