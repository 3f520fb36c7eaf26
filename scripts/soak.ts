import { endWith, runChecks, vitest } from "./checks.ts";

/** Kills of one storm; with 0 losses in 300, the chance that a kill loses something is below 1 % (95 % confidence). */
const KILLS = "300";
const STORM_MS_MAX = 30 * 60_000;

/**
 * The timing of refusals, and the fault suite with many more kills (about 15 minutes), counted by the same auditor;
 * HOOKLINE_STORM_KILLS changes their number.
 */
process.env["HOOKLINE_STORM_KILLS"] ??= KILLS;
const began = performance.now();
const faults = ["--project", "faults", "--testTimeout", String(STORM_MS_MAX), ...process.argv.slice(2)];
endWith(
  await runChecks([
    vitest("the timing of refusals", ["--project", "soak"]),
    vitest(`faults with ${process.env["HOOKLINE_STORM_KILLS"]} kills`, faults),
  ]),
  began,
);
