import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { FAILURE_LIST } from "./failure-list.ts";
import { runProgram } from "./run-program.ts";
import { say, secondsSince } from "./say.ts";

/** One thing a run of checks does, under the name it is reported with. */
export type Check = { name: string; run: () => Promise<number> };

/** Types, the ones that a build writes included. */
export const typeCheck: Check = {
  name: "types (tsc)",
  run: () => node(bin("typescript", "bin", "tsc"), ["--noEmit", "-p", "."]),
};

/** Format and lint rules, type-aware ones included, and dead code: what needs neither a build nor a test runner. */
export const lintChecks: Check[] = [
  { name: "format and lint (biome)", run: () => node(bin("@biomejs/biome", "bin", "biome"), ["check", "."]) },
  {
    name: "lint with types (oxlint)",
    run: () => node(bin("oxlint", "bin", "oxlint"), ["--type-aware", "--deny-warnings"]),
  },
  { name: "dead code (knip)", run: () => node(bin("knip", "bin", "knip.js"), ["--no-progress"]) },
];

const REPORTERS = ["--reporter=default", "--reporter=./scripts/failure-list.ts"];
const noted = path.join(mkdtempSync(path.join(tmpdir(), "hookline-checks-")), "failures");

/** Vitest with the given arguments, its report shown as it comes; what failed is told once more at the end of all. */
export function vitest(name: string, args: string[]): Check {
  const env = { ...process.env, [FAILURE_LIST]: noted };
  const program = [bin("vitest", "vitest.mjs"), "run", ...REPORTERS, ...args];
  return { name, run: () => runProgram(process.execPath, program, { output: "show", env }) };
}

/** Runs the checks one after the other, all of them whatever fails, and returns the names of those that failed. */
export async function runChecks(checks: Check[]): Promise<string[]> {
  const failed: string[] = [];
  for (const check of checks) {
    const began = performance.now();
    say(`${check.name} …`);
    const code = await check.run();
    if (code !== 0) failed.push(check.name);
    say(`${check.name}: ${code === 0 ? "passed" : "FAILED"} (${secondsSince(began)})`);
  }
  return failed;
}

/** The same for several rows of checks beside each other. */
export async function runBeside(...rows: Check[][]): Promise<string[]> {
  return (await Promise.all(rows.map(runChecks))).flat();
}

/** Reports the outcome, each failed test with its reason, and ends the process with 0 when nothing failed, else 1. */
export function endWith(failed: string[], began: number): never {
  const failures = readFailures();
  if (failures !== "") process.stderr.write(failures);
  if (failed.length === 0) say(`everything passed (${secondsSince(began)})`);
  else say(`failed: ${failed.join(", ")} (${secondsSince(began)})`);
  process.exit(failed.length === 0 ? 0 : 1);
}

function readFailures(): string {
  try {
    return readFileSync(noted, "utf8");
  } catch {
    return "";
  } finally {
    rmSync(path.dirname(noted), { recursive: true, force: true });
  }
}

/** The path of a program inside an installed package. */
export function bin(packageName: string, ...file: string[]): string {
  return path.join("node_modules", packageName, ...file);
}

/** Runs a JavaScript program under our Node; its output is shown when it fails. */
export function node(file: string, args: string[]): Promise<number> {
  return runProgram(process.execPath, [file, ...args], { output: "on-failure" });
}
