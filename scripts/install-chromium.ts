import { existsSync } from "node:fs";
import path from "node:path";
import { findChromium } from "./find-chromium.ts";
import { runProgram } from "./run-program.ts";
import { say } from "./say.ts";

/** Makes sure browser tests have a Chromium: Debian's package as root, else Playwright's own download. */
export async function installChromium(): Promise<void> {
  if (findChromium() !== null) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    say("installing Chromium with apt-get …");
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    await runProgram("apt-get", ["update", "-qq"], { env, output: "on-failure" });
    await runProgram("apt-get", ["install", "-y", "-qq", "--no-install-recommends", "chromium"], {
      env,
      output: "on-failure",
    });
  } else {
    say("downloading Chromium with Playwright …");
    const cli = path.join("node_modules", "playwright-core", "cli.js");
    await runProgram(process.execPath, [cli, "install", "chromium"], { output: "on-failure" });
  }
  if (findChromium() === null)
    throw new Error("There is no Chromium for the browser tests: install one, or name it in HOOKLINE_CHROMIUM.");
}
