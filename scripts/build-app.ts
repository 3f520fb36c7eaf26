import { spawn } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { withFileLock } from "#lib/platform/file-lock.ts";
import { say, secondsSince } from "./say.ts";
import { hashSources } from "./source-hash.ts";

const distDir = process.env.HOOKLINE_DIST_DIR || ".next";
const marker = path.join(distDir, "hookline-build");

/** Builds the web app unless the one on disk was made from exactly these sources; throws when the build fails. */
export async function buildApp(signal?: AbortSignal): Promise<void> {
  if (isBuilt()) return;
  await withFileLock(path.join(".hookline", "build.lock"), async () => {
    if (isBuilt()) return;
    const began = performance.now();
    const sources = hashSources();
    rmSync(marker, { force: true });
    say("building the web app; this takes about a minute …");
    const beat = setInterval(() => say(`still building (${secondsSince(began)}) …`), 15_000);
    try {
      await runNextBuild(signal);
    } finally {
      clearInterval(beat);
    }
    writeFileSync(marker, sources);
    say(`web app built (${secondsSince(began)})`);
  });
}

/** Whether the built app on disk was made from the present sources. */
export function isBuilt(): boolean {
  try {
    return readFileSync(marker, "utf8") === hashSources();
  } catch {
    return false;
  }
}

async function runNextBuild(signal: AbortSignal | undefined): Promise<void> {
  const next = path.join("node_modules", "next", "dist", "bin", "next");
  const child = spawn(process.execPath, [next, "build"], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
    ...(signal === undefined ? {} : { signal, killSignal: "SIGTERM" as const }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk: Buffer) => (output += chunk));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", resolve);
  });
  if (code !== 0) throw new Error(`next build failed.\n${output.slice(-8000)}`);
}
