import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { usualFolder } from "#lib/platform/embedded-postgres/find-folder.ts";
import { readPostmasterFile } from "#lib/platform/embedded-postgres/postmaster-file.ts";
import { isAlive } from "#lib/platform/file-lock.ts";
import { tryPort } from "#lib/platform/free-port.ts";
import { buildApp } from "#scripts/build-app.ts";
import { createEmptyDatabase } from "#tests/support/postgres.ts";
import { eventually } from "#tests/support/running-app.ts";

const dataDir = mkdtempSync(path.join(os.tmpdir(), "start-"));
const started: { child: ChildProcess; output: () => string }[] = [];

beforeAll(() => buildApp(), 300_000);
afterEach(async () => {
  for (const { child } of started.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGTERM");
    await eventually("the supervisor ends", async () => child.exitCode !== null || child.signalCode !== null, 60_000);
  }
});
afterAll(() => {
  rmSync(usualFolder(dataDir), { recursive: true, force: true });
  rmSync(dataDir, { recursive: true, force: true });
});

async function start(env: Record<string, string> = {}) {
  const free = await tryPort(0);
  if (free.kind === "refused") throw new Error(free.code);
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|NODE_OPTIONS|DATABASE_URL|HOOKLINE_|NODE_ENV)/.test(name),
    ),
  );
  const child = spawn(process.execPath, ["scripts/start.ts"], {
    env: {
      ...inherited,
      HOOKLINE_DATA_DIR: dataDir,
      PORT: String(free.port),
      HOOKLINE_HOST: "127.0.0.1",
      ...env,
    } as unknown as NodeJS.ProcessEnv,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  started.push({ child, output: () => output });
  const over = () => child.exitCode !== null || child.signalCode !== null;
  return {
    child,
    url: `http://127.0.0.1:${free.port}`,
    output: () => output,
    line: () =>
      eventually(
        "the line with the address",
        async () => {
          if (over()) throw new Error(`the start ended:\n${output}`);
          return /^Hookline is ready: (\S+)$/m.exec(output)?.[1];
        },
        90_000,
      ),
    ended: () => eventually("the start ends", async () => over() && { code: child.exitCode, output }, 60_000),
    children: () => childrenOf(child.pid ?? 0),
  };
}

/** Pids of the direct children with their command lines, from /proc. */
function childrenOf(parent: number): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, "utf8");
        const ppid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
        return ppid === parent
          ? [{ pid: Number(name), command: readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ") }]
          : [];
      } catch {
        return [];
      }
    });
}

describe.runIf(process.platform === "linux")("npm start", () => {
  test("prints one line with a one-time token while nobody owns it, and stops without leaving a process", async () => {
    const app = await start();
    expect(await app.line()).toMatch(/^http:\/\/localhost:\d+\/setup#[A-Za-z0-9_-]{22,}$/);
    expect(app.output().match(/Hookline is ready/g)).toHaveLength(1);
    const pids = app.children().map((each) => each.pid);
    expect(pids.length).toBeGreaterThanOrEqual(3);
    app.child.kill("SIGINT");
    // The terminal, npm and the bootstrap each pass the same Ctrl-C on.
    app.child.kill("SIGINT");
    expect((await app.ended()).code).toBe(0);
    await eventually("every process is gone", async () => pids.every((pid) => !isAlive(pid)));
    expect(readPostmasterFile(path.join(usualFolder(dataDir), "data"))).toBeNull();
  });

  test("a second start finds what the first one stored, and makes no second owner", async () => {
    const owner = {
      HOOKLINE_ADMIN_EMAIL: "owner@example.com",
      HOOKLINE_ADMIN_PASSWORD: "correct-horse-battery",
      HOOKLINE_ADMIN_API_KEY: `hl_${randomBytes(20).toString("hex")}`,
    };
    const call = (url: string) =>
      fetch(`${url}/api/v1/flows`, { headers: { authorization: `Bearer ${owner.HOOKLINE_ADMIN_API_KEY}` } });
    const first = await start(owner);
    expect(await first.line()).toMatch(/^http:\/\/localhost:\d+\/$/);
    expect((await call(first.url)).status).toBe(200);
    first.child.kill("SIGINT");
    await first.ended();
    const second = await start();
    expect(await second.line()).toMatch(/^http:\/\/localhost:\d+\/$/);
    expect((await call(second.url)).status).toBe(200);
    await eventually("ready", async () => (await fetch(`${second.url}/readyz`)).ok);
  });

  test("refuses to start twice in one folder, with another key, or on a port in use, and says why", async () => {
    const app = await start();
    await app.line();
    const twice = await (await start()).ended();
    expect(twice).toMatchObject({ code: 1, output: expect.stringContaining("already running from this folder") });
    app.child.kill("SIGINT");
    await app.ended();

    const otherKey = await (await start({ HOOKLINE_SECRET_KEY: randomBytes(32).toString("base64") })).ended();
    expect(otherKey).toMatchObject({
      code: 1,
      output: expect.stringContaining("HOOKLINE_SECRET_KEY cannot decrypt what is stored"),
    });

    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    const taken = await (await start({ PORT: String(port) })).ended();
    server.close();
    expect(taken).toMatchObject({
      code: 1,
      output: expect.stringContaining(`Port ${port} is used by another program`),
    });
  });

  test("web on one machine and worker on another share a database and a key, and need both", async () => {
    const database = await createEmptyDatabase();
    const shared = { DATABASE_URL: database.url, HOOKLINE_SECRET_KEY: randomBytes(32).toString("base64") };
    const folder = (name: string) => path.join(dataDir, name);
    const web = await start({ ...shared, HOOKLINE_ROLES: "web", HOOKLINE_DATA_DIR: folder("web") });
    await web.line();
    expect(web.children().map((each) => each.command)).toEqual([expect.stringContaining("server/web.ts")]);

    const free = await tryPort(0);
    const workerPort = free.kind === "free" ? String(free.port) : "0";
    const worker = await start({
      ...shared,
      HOOKLINE_ROLES: "worker",
      HOOKLINE_DATA_DIR: folder("worker"),
      HOOKLINE_WORKER_PORT: workerPort,
    });
    await eventually(
      "the worker is ready",
      async () => (await fetch(`http://127.0.0.1:${workerPort}/readyz`).catch(() => null))?.ok,
      30_000,
    );
    expect(worker.children().map((each) => each.command)).toEqual([expect.stringContaining("server/worker.ts")]);
    expect(await (await fetch(`${web.url}/metrics`)).text()).toMatch(/^hookline_workers_alive 1$/m);

    const alone = await (await start({ HOOKLINE_ROLES: "web", HOOKLINE_DATA_DIR: folder("alone") })).ended();
    expect(alone.code).toBe(1);
    expect(alone.output).toContain("HOOKLINE_ROLES=web needs DATABASE_URL");
    expect(alone.output).toContain("HOOKLINE_ROLES=web needs HOOKLINE_SECRET_KEY");
    for (const machine of [web, worker]) machine.child.kill("SIGTERM");
    await Promise.all([web.ended(), worker.ended()]);
    await database.drop();
  });

  test("a killed worker or PostgreSQL comes back; a killed supervisor takes web and worker with it", async () => {
    const app = await start();
    await app.line();
    const find = (part: string) => app.children().find((each) => each.command.includes(part))?.pid;
    for (const part of ["server/worker.ts", "postgres"]) {
      const old = find(part);
      if (old === undefined) throw new Error(`no ${part}`);
      process.kill(old, "SIGKILL");
      await eventually(`${part} is back`, async () => find(part) !== undefined && find(part) !== old);
    }
    await eventually("ready again", async () => (await fetch(`${app.url}/readyz`)).ok, 60_000);

    const rest = app.children().filter((each) => each.command.includes("server/"));
    app.child.kill("SIGKILL");
    await eventually("web and worker are gone", async () => rest.every((each) => !isAlive(each.pid)), 45_000);
    const next = await start();
    await next.line();
    expect(next.output()).toContain("took over the PostgreSQL already running on our data");
  });
});
