import { existsSync } from "node:fs";
import path from "node:path";
import { findChromium, WHOLE_BROWSER } from "./find-chromium.ts";
import { runProgram } from "./run-program.ts";
import { say } from "./say.ts";

function aptGet(...args: string[]): Promise<number> {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return runProgram("apt-get", ["-qq", ...args], { env, output: "on-failure" });
}

/**
 * Makes sure browser tests have a Chromium: Debian's packages as root, the engine alone where there is one, else
 * Playwright's own download.
 */
export async function installChromium(): Promise<void> {
  const found = findChromium();
  if (found !== null && found !== WHOLE_BROWSER) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    say("installing Chromium with apt-get …");
    await aptGet("update");
    // Older systems have no package of the engine alone.
    for (const name of ["chromium-headless-shell", "chromium"])
      if ([null, WHOLE_BROWSER].includes(findChromium()))
        await aptGet("install", "-y", "--no-install-recommends", name);
  } else if (found === null) {
    say("downloading Chromium with Playwright …");
    const cli = path.join("node_modules", "playwright-core", "cli.js");
    await runProgram(process.execPath, [cli, "install", "chromium"], { output: "on-failure" });
  }
  if (findChromium() === null)
    throw new Error("There is no Chromium for the browser tests: install one, or name it in HOOKLINE_CHROMIUM.");
}
