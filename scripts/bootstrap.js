// The first thing `npm start`, `npm test` and every other command run. Plain JavaScript without dependencies, for the
// Node that happens to be installed (20 or newer): it installs the packages, among them the Node that Hookline is
// pinned to, generates the database client, and hands over to scripts/<command>.ts.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const COMMANDS = ["start", "dev", "test", "check", "bench", "soak"];
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const pinnedNode = path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
/** What every process of ours would compile anew at each start, half of the time it takes; gone with the packages. */
const compileCache = path.join(root, "node_modules", ".cache", "node");
const isMain = process.argv[1] !== undefined && path.resolve(process.argv[1]) === fileURLToPath(import.meta.url);

if (isMain) {
  const [command = "", ...rest] = process.argv.slice(2);
  if (!COMMANDS.includes(command)) fail(`Unknown command "${command}". One of: ${COMMANDS.join(", ")}.`);
  await prepare();
  handOver(path.join("scripts", `${command}.ts`), rest);
}

/** Installs packages and generates the database client where they are missing or out of date. */
export async function prepare() {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) fail(`Hookline needs Node 20 or newer to install itself; this is ${process.version}.`);
  process.chdir(root);
  if (isInstalled() && isGenerated()) return;
  mkdirSync(".hookline", { recursive: true, mode: 0o700 });
  const release = await lock(path.join(".hookline", "install.lock"));
  try {
    if (!isInstalled()) await install();
    if (!isGenerated()) await generate();
  } finally {
    release();
  }
}

/** Runs a TypeScript file under the pinned Node, passes signals on, and ends as it ends. */
export function handOver(file, args) {
  const child = spawn(pinnedNode, ["--disable-warning=ExperimentalWarning", path.join(root, file), ...args], {
    stdio: "inherit",
    env: { NODE_COMPILE_CACHE: compileCache, ...process.env, PATH: pathWithPinnedNode() },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(`The pinned Node could not be started: ${error.message}`));
  child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 1)));
}

/**
 * npm notes what it installed in node_modules/.package-lock.json, at the end: it must hold all the lock file asks for.
 */
function isInstalled() {
  if (!existsSync(pinnedNode)) return false;
  const marker = path.join("node_modules", ".hookline-installed");
  const lockHash = hash(readFileSync("package-lock.json"));
  if (read(marker) === lockHash) return true;
  const noted = read(path.join("node_modules", ".package-lock.json"));
  if (noted === null) return false;
  const installed = JSON.parse(noted).packages ?? {};
  const wanted = JSON.parse(readFileSync("package-lock.json", "utf8")).packages;
  for (const [name, entry] of Object.entries(wanted))
    if (name !== "" && !entry.optional && !entry.devOptional && installed[name]?.version !== entry.version)
      return false;
  writeFileSync(marker, lockHash);
  return true;
}

async function install() {
  const began = Date.now();
  say("installing packages, once; this takes about a minute …");
  const beat = setInterval(() => say(`still installing (${seconds(began)}) …`), 15_000);
  // npm_config_omit, NODE_ENV=production and the like would leave out what building and testing need.
  const env = { ...process.env, PATH: pathWithoutModules() };
  for (const name of Object.keys(env))
    if (/^(node_env|npm_config_(omit|production|only|include|ignore_scripts|global|prefix|dry_run))$/i.test(name))
      delete env[name];
  const npm = process.env.npm_execpath;
  const args = [
    "ci",
    "--include=dev",
    "--include=optional",
    "--ignore-scripts=false",
    "--no-audit",
    "--no-fund",
    "--loglevel=error",
  ];
  const [program, programArgs] = npm?.endsWith("js") ? [process.execPath, [npm, ...args]] : ["npm", args];
  const code = await run(program, programArgs, env);
  clearInterval(beat);
  if (code !== 0) fail("npm ci failed; its message is above. Is the package registry reachable?");
  if (!existsSync(pinnedNode))
    fail("The pinned Node was not installed: npm did not run the install script of the package `node`.");
  if (!isInstalled()) fail("npm ci ended without installing everything package-lock.json asks for.");
  say(`packages installed (${seconds(began)})`);
}

function isGenerated() {
  return read(path.join("lib", "db", "generated", ".schema-hash")) === schemaHash();
}

function schemaHash() {
  const version = read(path.join("node_modules", "prisma", "package.json")) ?? "";
  return hash(readFileSync(path.join("prisma", "schema.prisma")), version);
}

async function generate() {
  const began = Date.now();
  rmSync(path.join("lib", "db", "generated"), { recursive: true, force: true });
  // `generate` never runs the schema engine but insists on one, and would download it: any existing file satisfies it.
  const env = {
    ...process.env,
    PRISMA_SCHEMA_ENGINE_BINARY: pinnedNode,
    PRISMA_HIDE_UPDATE_MESSAGE: "1",
    CHECKPOINT_DISABLE: "1",
  };
  const prisma = path.join("node_modules", "prisma", "build", "index.js");
  const code = await run(pinnedNode, [prisma, "generate", "--no-hints"], env, "quiet");
  if (code !== 0) fail("The database client could not be generated from prisma/schema.prisma.");
  writeFileSync(path.join("lib", "db", "generated", ".schema-hash"), schemaHash());
  say(`database client generated (${seconds(began)})`);
}

/** Waits for the lock file; one whose owner is gone is taken over. Returns what gives it back. */
async function lock(file) {
  for (let waited = 0; ; waited++) {
    try {
      writeFileSync(file, String(process.pid), { flag: "wx" });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if (error.code !== "EEXIST") fail(`Cannot write ${file}: ${error.message}`);
    }
    const owner = Number(read(file));
    if (Number.isInteger(owner) && owner > 0 && !isAlive(owner)) rmSync(file, { force: true });
    else if (waited === 0) say(`waiting for another Hookline command (process ${owner}) to finish installing …`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Whether a process with this number lives and is a Hookline command: after a crash the number may be another's. */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (error.code !== "EPERM") return false;
  }
  if (process.platform !== "linux") return true;
  return /bootstrap\.js|hookline/.test(read(`/proc/${pid}/cmdline`) ?? "");
}

function run(program, args, env, output = "loud") {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env,
      stdio: ["ignore", output === "loud" ? "inherit" : "pipe", output === "loud" ? "inherit" : "pipe"],
    });
    let text = "";
    for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk) => (text += chunk));
    child.once("error", (error) => fail(`${program} could not be started: ${error.message}`));
    child.once("close", (code) => {
      if (code !== 0) process.stderr.write(text);
      resolve(code);
    });
  });
}

function pathWithoutModules() {
  const folders = (process.env.PATH ?? "").split(path.delimiter);
  return folders.filter((folder) => !folder.includes(`node_modules${path.sep}.bin`)).join(path.delimiter);
}

function pathWithPinnedNode() {
  return [path.dirname(pinnedNode), pathWithoutModules()].join(path.delimiter);
}

function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return null;
  }
}

function hash(...parts) {
  const digest = createHash("sha256");
  for (const part of parts) digest.update(part);
  return digest.digest("hex");
}

function seconds(since) {
  return `${Math.round((Date.now() - since) / 1000)} s`;
}

function say(text) {
  process.stderr.write(`[hookline] ${text}\n`);
}

function fail(text) {
  process.stderr.write(`[hookline] ${text}\n`);
  process.exit(1);
}
