import path from "node:path";
import { runProgram } from "./run-program.ts";
import { say, secondsSince } from "./say.ts";

/** One thing a run of checks does, under the name it is reported with. */
export type Check = { name: string; run: () => Promise<number> };

/** Format and lint rules, type-aware ones included, dead code and types: what needs no test runner. */
export const staticChecks: Check[] = [
  { name: "format and lint (biome)", run: () => node(bin("@biomejs/biome", "bin", "biome"), ["check", "."]) },
  {
    name: "lint with types (oxlint)",
    run: () => node(bin("oxlint", "bin", "oxlint"), ["--type-aware", "--deny-warnings"]),
  },
  { name: "types (tsc)", run: () => node(bin("typescript", "bin", "tsc"), ["--noEmit", "-p", "."]) },
  { name: "dead code (knip)", run: () => node(bin("knip", "bin", "knip.js"), ["--no-progress"]) },
];

/** Vitest with the given arguments, its report shown as it comes. */
export function vitest(name: string, args: string[]): Check {
  return {
    name,
    run: () => runProgram(process.execPath, [bin("vitest", "vitest.mjs"), "run", ...args], { output: "show" }),
  };
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

/** Reports the outcome and ends the process with 0 when nothing failed, else 1. */
export function endWith(failed: string[], began: number): never {
  if (failed.length === 0) say(`everything passed (${secondsSince(began)})`);
  else say(`failed: ${failed.join(", ")} (${secondsSince(began)})`);
  process.exit(failed.length === 0 ? 0 : 1);
}

/** The path of a program inside an installed package. */
export function bin(packageName: string, ...file: string[]): string {
  return path.join("node_modules", packageName, ...file);
}

/** Runs a JavaScript program under our Node; its output is shown when it fails. */
export function node(file: string, args: string[]): Promise<number> {
  return runProgram(process.execPath, [file, ...args], { output: "on-failure" });
}
