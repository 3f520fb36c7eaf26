import { readdirSync } from "node:fs";
import path from "node:path";
import { endWith, runChecks } from "./checks.ts";
import { runProgram } from "./run-program.ts";

/**
 * Every measurement of bench/, one after the other so that none disturbs another; with arguments, those named
 * (`accept`).
 */
const began = performance.now();
const asked = process.argv.slice(2);
const files = readdirSync("bench").filter(
  (file) => file.endsWith(".ts") && (asked.length === 0 || asked.includes(path.parse(file).name)),
);
const measurements = files.map((file) => ({
  name: `bench/${file}`,
  run: () =>
    runProgram(process.execPath, ["--disable-warning=ExperimentalWarning", path.join("bench", file)], {
      output: "show",
    }),
}));
endWith(await runChecks(measurements), began);
