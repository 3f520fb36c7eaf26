import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { withClient } from "#lib/db/with-client.ts";
import { findFolder, rememberFolder, usualFolder } from "#lib/platform/embedded-postgres/find-folder.ts";
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from "#lib/platform/embedded-postgres/start-embedded-postgres.ts";
import { findSecretKey, loadSecretKey } from "#lib/platform/secret-key.ts";

const isRoot = process.getuid?.() === 0;
let made: string;
let home: string;
let root: string;
let servers: EmbeddedPostgres[] = [];

/** One database with a row in it, made once; every test works on a copy. */
beforeAll(async () => {
  made = openFolder("hookline-made-");
  const server = await startEmbeddedPostgres({ folder: path.join(made, "postgres"), durable: false });
  await withClient(server.url, (client) => client.query("CREATE TABLE kept AS SELECT 'here' AS word"));
  await server.stop();
});
beforeEach(() => {
  home = openFolder("hookline-moved-");
  root = path.join(home, "var");
  mkdirSync(root, { mode: 0o711 });
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.stop()));
  servers = [];
  rmSync(home, { recursive: true, force: true });
});
afterAll(() => rmSync(made, { recursive: true, force: true }));

function openFolder(prefix: string): string {
  const folder = mkdtempSync(path.join(os.tmpdir(), prefix));
  chmodSync(folder, 0o711);
  return folder;
}

const at = (clone: string) => path.join(home, clone, ".hookline");

/** An installation that has run before, at `clone`; `keptIn: null` keeps the database in its data folder. */
function install(clone: string, keptIn: string | null, notes = true): string {
  mkdirSync(at(clone), { recursive: true, mode: 0o711 });
  const { key } = loadSecretKey({ dataDir: at(clone) });
  const folder = usualFolder(at(clone), keptIn);
  cpSync(path.join(made, "postgres"), folder, { recursive: true });
  if (notes) rememberFolder(at(clone), folder, key);
  return folder;
}

/** What a start does: find, run, read what was kept, and write down where it is. */
async function start(clone: string, more: { root?: string | null; postgresFolder?: string } = {}) {
  const found = findFolder({ dataDir: at(clone), root, ...more });
  const server = await startEmbeddedPostgres({ folder: found.folder, durable: false });
  servers.push(server);
  const { rows } = await withClient(server.url, (client) => client.query("SELECT word FROM kept"));
  expect(rows).toEqual([{ word: "here" }]);
  const { key } = findSecretKey({ dataDir: at(clone) });
  if (key !== null) rememberFolder(at(clone), found.folder, key);
  return { ...found, server };
}

const move = (from: string, to: string) => renameSync(path.join(home, from), path.join(home, to));

test("a moved clone finds its database, and a fresh clone in its old place gets another", async () => {
  const folder = install("one", root);
  move("one", "two");
  expect(await start("two")).toMatchObject({ folder, say: expect.stringContaining("moved") });
  expect(findFolder({ dataDir: at("two"), root })).toEqual({ folder, say: null });
  mkdirSync(at("one"), { recursive: true });
  expect(findFolder({ dataDir: at("one"), root })).toEqual({ folder: `${folder}-2`, say: null });
  expect(statSync(path.join(at("two"), "postgres-folder")).mode & 0o777).toBe(0o600);
});

test("a copied clone is refused while its origin is there, which goes on; each way out works", async () => {
  const folder = install("one", root);
  cpSync(path.join(home, "one"), path.join(home, "two"), { recursive: true });
  expect(() => findFolder({ dataDir: at("two"), root })).toThrow("looks like a copy");
  expect(findFolder({ dataDir: at("one"), root })).toEqual({ folder, say: null });
  move("one/.hookline/postgres-folder", "note");
  expect(findFolder({ dataDir: at("two"), root })).toMatchObject({ folder, say: expect.stringContaining("moved") });
  move("note", "one/.hookline/postgres-folder");

  const copy = usualFolder(at("two"), root);
  cpSync(folder, copy, { recursive: true });
  expect((await start("two", { postgresFolder: copy })).folder).toBe(copy);
  expect((await start("two")).server.adopted).toBe(true);
  expect((await start("one")).server.adopted).toBe(false);

  cpSync(path.join(home, "one"), path.join(home, "three"), { recursive: true });
  for (const file of ["secret-key", "postgres-folder"]) rmSync(path.join(at("three"), file));
  expect(findFolder({ dataDir: at("three"), root })).toEqual({ folder: usualFolder(at("three"), root), say: null });
});

test("a backup of key and folder works in another place, wherever the folder is put", async () => {
  const folder = install("one", root);
  mkdirSync(at("two"), { recursive: true, mode: 0o711 });
  renameSync(path.join(at("one"), "secret-key"), path.join(at("two"), "secret-key"));
  rmSync(path.join(home, "one"), { recursive: true });
  // Under the folder of all databases the key tells it from others.
  cpSync(path.join(made, "postgres"), path.join(root, "another"), { recursive: true });
  expect(findFolder({ dataDir: at("two"), root })).toMatchObject({
    folder,
    say: expect.stringContaining("secret key"),
  });
  const elsewhere = path.join(home, "restored");
  renameSync(folder, elsewhere);
  expect(() => findFolder({ dataDir: at("two"), root })).toThrow(`${root}/another (does not say`);
  expect(() => findFolder({ dataDir: at("two"), root, postgresFolder: path.join(elsewhere, "data") })).toThrow(
    `password\`: ${elsewhere}?`,
  );
  await start("two", { postgresFolder: elsewhere });
  expect(findFolder({ dataDir: at("two"), root })).toEqual({ folder: elsewhere, say: null });
});

test("a database in the data folder moves and is copied with it; without it nothing begins", async () => {
  install("one", null);
  move("one", "two");
  expect((await start("two", { root: null })).folder).toBe(path.join(at("two"), "postgres"));
  await servers.pop()?.stop();
  cpSync(path.join(home, "two"), path.join(home, "three"), { recursive: true });
  await start("three", { root: null });
  await start("two", { root: null });
  mkdirSync(at("four"), { recursive: true });
  cpSync(path.join(at("two"), "secret-key"), path.join(at("four"), "secret-key"));
  expect(() => findFolder({ dataDir: at("four"), root: null })).toThrow("whose database is not there");
  expect(readdirSync(at("four"))).toEqual(["secret-key"]);
});

test("an installation from before notes were kept goes on, and a moved one is not begun anew", async () => {
  const folder = install("one", root, false);
  expect(await start("one")).toMatchObject({ folder, say: null });
  rmSync(path.join(at("one"), "postgres-folder"));
  rmSync(path.join(folder, "installation"));
  move("one", "two");
  expect(() => findFolder({ dataDir: at("two"), root })).toThrow(`${folder} (does not say`);
});

test("a copy taken with a lock file of a process that lives elsewhere starts", async () => {
  const folder = install("one", root);
  const { server } = await start("one");
  cpSync(path.join(folder, "data", "postmaster.pid"), path.join(home, "lock"));
  const copy = install("two", root);
  cpSync(path.join(home, "lock"), path.join(copy, "data", "postmaster.pid"));
  const second = await start("two");
  expect(second.server.adopted).toBe(false);
  expect(second.server.pid).not.toBe(server.pid);
  const stranger = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
  await second.server.stop();
  const text = readFileSync(path.join(home, "lock"), "utf8").replace(/^\d+\n.*/, `${stranger.pid}\n${copy}/data`);
  writeFileSync(path.join(copy, "data", "postmaster.pid"), text);
  await start("two");
  stranger.kill("SIGKILL");
});

test.runIf(process.platform === "linux")(
  "a database moved while its server runs is taken over, not started twice",
  async () => {
    const folder = install("one", root);
    const { server } = await start("one");
    const moved = path.join(root, "moved");
    renameSync(folder, moved);
    expect((await start("one")).server).toMatchObject({ adopted: true, pid: server.pid });
  },
);

test("a copy with modes too wide, or owned by somebody else, is mended or told", async () => {
  const folder = install("one", root);
  chmodSync(path.join(folder, "data"), 0o755);
  if (isRoot) chownSync(path.join(folder, "data", "PG_VERSION"), 0, 0);
  await start("one");
  expect(statSync(path.join(folder, "data")).mode & 0o777).toBe(0o700);
  expect(statSync(path.join(folder, "data", "PG_VERSION")).uid).toBe(statSync(path.join(folder, "data")).uid);
  await servers.pop()?.stop();
  renameSync(path.join(folder, "password"), path.join(home, "password"));
  await expect(startEmbeddedPostgres({ folder })).rejects.toThrow("restore the whole folder");
});

test.runIf(isRoot)("a database where the user postgres cannot go is told, and left as it is", async () => {
  const folder = install("one", null);
  chmodSync(at("one"), 0o700);
  await expect(startEmbeddedPostgres({ folder: findFolder({ dataDir: at("one"), root }).folder })).rejects.toThrow(
    "the user postgres cannot enter",
  );
  expect(existsSync(path.join(folder, "data", "PG_VERSION"))).toBe(true);
});

test("a key that does not fit refuses before the database is touched", () => {
  install("one", root);
  const secretKey = randomBytes(32);
  rmSync(path.join(at("one"), "postgres-folder"));
  rmSync(path.join(at("one"), "secret-key"));
  expect(() => findFolder({ dataDir: at("one"), root, secretKey })).toThrow("used with another secret key");
});
