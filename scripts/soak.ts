import { endWith, node, runChecks, vitest } from "./checks.ts";

/** Kills of one storm; with 0 losses in 300, the chance that a kill loses something is below 1 % (95 % confidence). */
const KILLS = "300";
const STORM_MS_MAX = 30 * 60_000;

/** A hundred, as the bench has them, take three minutes; what forty need of memory, a hundred need. */
const LARGE_BODIES = "40";

/**
 * The timing of refusals, the memory and delay of many large bodies, and the fault suite with many more kills (about 15
 * minutes), counted by the same auditor; HOOKLINE_STORM_KILLS changes their number.
 */
process.env["HOOKLINE_STORM_KILLS"] ??= KILLS;
const began = performance.now();
const faults = [
  "--project",
  "faults",
  "--no-file-parallelism",
  "--testTimeout",
  String(STORM_MS_MAX),
  ...process.argv.slice(2),
];
endWith(
  await runChecks([
    vitest("the timing of refusals", ["--project", "soak"]),
    {
      name: `${LARGE_BODIES} bodies of 16 MiB at once`,
      run: () => node("bench/large-bodies.ts", [LARGE_BODIES]),
    },
    vitest(`faults with ${process.env["HOOKLINE_STORM_KILLS"]} kills`, faults),
  ]),
  began,
);
