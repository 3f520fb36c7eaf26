import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import type { AcceptServerKind } from "#bench/support/accept-server.ts";
import { prepareBench } from "#bench/support/bench-database.ts";
import { type LoadResult, measureLoad } from "#bench/support/measure-load.ts";
import { printProfile, summarizeProfiles } from "#bench/support/summarize-profiles.ts";

/**
 * Events accepted per second: 1.3 KB of JSON, 32 connections, every request signed and with a delivery id of its own,
 * one live flow. Beside it a bare node:http server that writes the same rows with the same group commit, and one that
 * writes events alone. Rounds alternate, so that a noisy minute hits all of them.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const KINDS: readonly AcceptServerKind[] = ["hookline", "same-rows", "events-only"];
const NAMES: Record<AcceptServerKind, string> = {
  hookline: "Hookline, through its door",
  "same-rows": "bare node:http, same rows, same group commit",
  "events-only": "bare node:http, events only",
};

/** A round: what the load saw, and the server's CPU per request. */
type Measured = LoadResult & { cpuMicroseconds: number };

const bench = await prepareBench();
const results = new Map<AcceptServerKind, Measured[]>(KINDS.map((kind) => [kind, []]));
const profileFolder = mkdtempSync(path.join(os.tmpdir(), "hookline-bench-"));
try {
  for (let round = 0; round < ROUNDS; round += 1) {
    for (const kind of KINDS) results.get(kind)?.push(await measure(kind));
  }
  // A round of its own: a profiler slows what it watches.
  await measure("hookline", ["--cpu-prof", `--cpu-prof-dir=${profileFolder}`]);
} finally {
  await bench.stop();
}
const best = (kind: AcceptServerKind): Measured =>
  (results.get(kind) ?? []).toSorted((a, b) => b.perSecond - a.perSecond)[0] ?? {
    perSecond: 0,
    p50Ms: 0,
    p99Ms: 0,
    failed: 0,
    cpuMicroseconds: 0,
  };
console.log(`accepting events: 1.3 KB JSON, 32 connections, ${ROUNDS} rounds of ${SECONDS} s, best round each`);
for (const kind of KINDS) {
  const { perSecond, p50Ms, p99Ms, failed, cpuMicroseconds: cpu } = best(kind);
  const rounds = (results.get(kind) ?? []).map((result) => Math.round(result.perSecond)).join(" ");
  console.log(
    `  ${NAMES[kind].padEnd(46)} ${String(Math.round(perSecond)).padStart(6)}/s   ` +
      `p50 ${p50Ms.toFixed(1)} ms   p99 ${p99Ms.toFixed(1)} ms   server CPU ${Math.round(cpu)} µs a request` +
      `${failed > 0 ? `   ${failed} FAILED` : ""}   (${rounds})`,
  );
}
const ratio = best("hookline").perSecond / best("same-rows").perSecond;
console.log(`  ratio to the bare server with the same rows: ${ratio.toFixed(2)} (aim ≥ 0.60)`);
printProfile("where the door's CPU goes, by own time, idle left out:", summarizeProfiles(profileFolder));
rmSync(profileFolder, { recursive: true });
if (KINDS.some((kind) => best(kind).failed > 0)) process.exitCode = 1;

async function cpuMicroseconds(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [used] = (await once(child, "message")) as [number];
  return used;
}

async function measure(kind: AcceptServerKind, execArgv: string[] = []): Promise<Measured> {
  const child = fork("bench/support/accept-server.ts", [kind], {
    execArgv,
    env: {
      ...process.env,
      DATABASE_URL: bench.databaseUrl,
      HOOKLINE_SECRET_KEY: bench.secretKey,
      HOOKLINE_LOG_LEVEL: "warn",
      HOOKLINE_ENDPOINT_RATE_PER_SECOND: "1000000",
      NODE_ENV: "production",
    },
  });
  try {
    const [port] = (await once(child, "message")) as [number];
    const target = { port, path: `/in/${bench.token}`, secret: bench.signingSecret };
    await measureLoad({ ...target, connections: 32, seconds: 1 });
    const cpuBefore = await cpuMicroseconds(child);
    const load = await measureLoad({ ...target, connections: 32, seconds: SECONDS });
    const cpu = (await cpuMicroseconds(child)) - cpuBefore;
    return { ...load, cpuMicroseconds: cpu / (load.perSecond * SECONDS) };
  } finally {
    child.kill("SIGTERM");
    await once(child, "exit");
  }
}
