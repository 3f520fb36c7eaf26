import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { withClient } from "#lib/db/with-client.ts";
import { createEmptyDatabase } from "#tests/support/postgres.ts";

const dataDir = mkdtempSync(path.join(os.tmpdir(), "cli-"));
afterAll(() => rmSync(dataDir, { recursive: true }));

async function hookline(args: string[], env: Record<string, string> = {}) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^(VITEST|NODE_OPTIONS|DATABASE_URL|HOOKLINE_)/.test(name)),
  );
  const child = spawn(process.execPath, ["bin/hookline.ts", ...args], {
    env: { ...inherited, NODE_ENV: "test", HOOKLINE_DATA_DIR: dataDir, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk: Buffer) => (stdout += chunk));
  child.stderr.on("data", (chunk: Buffer) => (stderr += chunk));
  const code = await new Promise<number | null>((resolve) => child.once("close", resolve));
  return { code, stdout, stderr };
}

describe("help", () => {
  test("names every command with its summary and an example to copy", async () => {
    const { code, stdout } = await hookline(["--help"]);
    expect(code).toBe(0);
    for (const name of ["start", "worker", "migrate", "verify", "eval", "reset-password", "doctor", "flow"])
      expect(stdout).toMatch(new RegExp(`^  ${name}\\b.*  \\S`, "m"));
    expect(stdout).toContain("Examples:");
    expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });

  test("of one command shows its usage and examples, and runs nothing", async () => {
    const { code, stdout } = await hookline(["reset-password", "--help"]);
    expect(code).toBe(0);
    expect(stdout).toContain("Usage: hookline reset-password <e-mail>");
    expect(stdout).toContain("  npx hookline reset-password owner@example.com");
  });
});

describe("a wrong command line ends with 2, says what is wrong and writes nothing to standard output", () => {
  test.each<[string[], string]>([
    [["doktor"], 'There is no command "doktor".'],
    [["migrat"], 'Did you mean "migrate"?'],
    [["../package"], "There is no command"],
    [["reset-password"], "Usage: hookline reset-password <e-mail>"],
    [["migrate", "now"], "migrate takes no arguments."],
    [["doctor", "--yaml"], "doctor takes only --json."],
    [["flow", "x"], "Name a flow, and on or off."],
    [["flow", "x", "up"], 'A flow is turned on or off, not "up".'],
    [["flow", "x", "off", "--missed", "all"], "--missed goes with on only."],
    [["flow", "x", "on", "--missed", "some"], "--missed is one of none, last, all."],
  ])("%j", async (args, message) => {
    const { code, stdout, stderr } = await hookline(args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain(message);
  });
});

test("a setting that is wrong is named, and nothing is tried with it", async () => {
  const { code, stderr } = await hookline(["migrate"], { PORT: "eighty" });
  expect(code).toBe(1);
  expect(stderr).toContain("PORT must be a whole number.");
});

test("migrate brings an empty database to the schema and a second time changes nothing", async () => {
  const database = await createEmptyDatabase();
  const env = { DATABASE_URL: database.url };
  expect((await hookline(["migrate"], env)).stdout).toMatch(/^Applied: 0001_init/);
  expect((await hookline(["migrate"], env)).stdout).toBe("The database is current.\n");
  await database.drop();
});

test("doctor finds a database whose crash safety is switched off, and says what to do", async () => {
  const database = await createEmptyDatabase();
  const env = { DATABASE_URL: database.url };
  await hookline(["migrate"], env);
  await withClient(database.url, (client) =>
    client.query(`ALTER DATABASE ${new URL(database.url).pathname.slice(1)} SET synchronous_commit = off`),
  );
  const { code, stdout } = await hookline(["doctor", "--json"], env);
  const findings = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as { area: string; level: string; text: string });
  expect(code).toBe(1);
  expect(findings).toContainEqual({
    area: "database",
    level: "fail",
    text: expect.stringContaining("synchronous_commit is off"),
  });
  expect(new Set(findings.map((finding) => finding.area))).toEqual(
    new Set(["settings", "database", "clock", "mail", "address", "disk"]),
  );
  await database.drop();
});

test("doctor without a database says so and still looks at the rest", async () => {
  const { code, stdout } = await hookline(["doctor"], { DATABASE_URL: "postgresql://nobody:hidden@127.0.0.1:1/none" });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^FAIL {2}database/m);
  expect(stdout).toMatch(/^ok {4}disk/m);
  expect(stdout).not.toContain("hidden");
});

test("reset-password of an unknown address says so and prints no password", async () => {
  const database = await createEmptyDatabase();
  const env = { DATABASE_URL: database.url };
  await hookline(["migrate"], env);
  const { code, stdout, stderr } = await hookline(["reset-password", "nobody@example.com"], env);
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toContain("there is no account with the address nobody@example.com");
  await database.drop();
});
