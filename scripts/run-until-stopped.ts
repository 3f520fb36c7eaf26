import { existsSync } from "node:fs";
import { SettingsRefused } from "#lib/platform/env.ts";
import { say } from "./say.ts";
import { type SuperviseMode, supervise } from "./supervise/supervise.ts";

// One Ctrl-C reaches us up to three times: from the terminal, from npm and from bootstrap.js.
const IMPATIENT_AFTER_MS = 2_000;

/** Runs Hookline until Ctrl-C or SIGTERM and ends the process; a second Ctrl-C two seconds later ends it at once. */
export async function runUntilStopped(mode: SuperviseMode): Promise<never> {
  if (existsSync(".env")) process.loadEnvFile(".env");
  const stop = new AbortController();
  let askedAt: number | null = null;
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const)
    process.on(name, () => {
      if (askedAt !== null && name === "SIGINT" && performance.now() - askedAt > IMPATIENT_AFTER_MS) process.exit(130);
      askedAt ??= performance.now();
      stop.abort();
    });
  try {
    await supervise(mode, stop.signal);
    process.exit(0);
  } catch (error) {
    if (stop.signal.aborted) process.exit(0);
    say(error instanceof SettingsRefused ? error.message : `cannot start: ${(error as Error).message}`);
    process.exit(1);
  }
}
