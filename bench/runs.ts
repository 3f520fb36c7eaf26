import { type ChildProcess, fork, spawnSync } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { prepareBench } from "#bench/support/bench-database.ts";
import { cpuMsOf, findPostmaster } from "#bench/support/cpu-use.ts";
import { measureLoad } from "#bench/support/measure-load.ts";
import { printProfile, summarizeProfiles } from "#bench/support/summarize-profiles.ts";
import { openWalReader, type WalUse } from "#bench/support/wal-use.ts";
import { pool } from "#lib/db/pool.ts";

/**
 * Runs per second end to end: webhook → JSONata map → HTTP POST, 1.3 KB bodies, 32 connections; the clock stops when
 * the last run has ended and its journal is on disk. Beside it the least durable pipeline on the same machine in the
 * same minute, with the same map. Then, idle: from the request's first byte to the effect's arrival.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);

/**
 * Paths and functions of linear time are evaluated in place; whatever holds a lambda goes to the sandbox's child
 * processes.
 */
const MAPS = {
  paths:
    '{ "repo": trigger.body.repository.full_name, "author": trigger.body.commits[0].author.email, ' +
    '"files": $count(trigger.body.commits.added), "title": "Push: " & trigger.body.commits[0].message }',
  functions:
    '{ "repo": trigger.body.repository.full_name, "authors": $distinct(trigger.body.commits.author.email), ' +
    '"files": $count(trigger.body.commits.added), "title": $join(trigger.body.commits.message, "; ") }',
  lambdas:
    '{ "repo": trigger.body.repository.full_name, "authors": $distinct(trigger.body.commits.author.email), ' +
    '"files": $sum($map(trigger.body.commits, function($c) { $count($c.added) })), ' +
    '"title": $join($map(trigger.body.commits, function($c) { $uppercase($c.message) }), "; ") }',
} as const;

type Load = { path: string; secret: string };
type Target = { port: number; left(): Promise<number> };

const chosen = process.argv[2];
if (chosen === "paths" || chosen === "functions" || chosen === "lambdas") await benchMap(chosen);
else
  for (const map of Object.keys(MAPS))
    if (spawnSync(process.execPath, ["bench/runs.ts", map], { stdio: "inherit" }).status !== 0) process.exitCode = 1;

async function benchMap(map: keyof typeof MAPS): Promise<void> {
  const sink = fork("bench/support/sink-server.ts");
  const children: ChildProcess[] = [sink];
  const closing: (() => Promise<void>)[] = [];
  const [sinkPort] = (await once(sink, "message")) as [number];
  const target = `http://127.0.0.1:${sinkPort}/hook`;
  const bench = await prepareBench(definitionOf(MAPS[map], target));
  const env: NodeJS.ProcessEnv = {
    ...process.env,
    DATABASE_URL: bench.databaseUrl,
    HOOKLINE_SECRET_KEY: bench.secretKey,
    HOOKLINE_LOG_LEVEL: "warn",
    HOOKLINE_ENDPOINT_RATE_PER_SECOND: "1000000",
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    NODE_ENV: "production",
  };
  try {
    const worker = fork("server/worker.ts", [], { env });
    const door = fork("bench/support/accept-server.ts", ["hookline"], { env });
    const least = fork("bench/support/least-durable.ts", [target, MAPS[map], "each"], { env });
    const grouped = fork("bench/support/least-durable.ts", [target, MAPS[map], "grouped"], { env });
    children.push(worker, door, least, grouped);
    const [[doorPort], [leastPort], [groupedPort]] = (await Promise.all(
      [door, least, grouped].map((child) => once(child, "message")),
    )) as [[number], [number], [number]];
    const load: Load = { path: `/in/${bench.token}`, secret: bench.signingSecret };
    const ours: Target = { port: doorPort, left: countOpenRuns };
    const theirs: Target = { port: leastPort, left: () => ask(least) };
    const theirsGrouped: Target = { port: groupedPort, left: () => ask(grouped) };
    const postgres = await findPostmaster();
    const wal = await openWalReader(bench.superuserUrl);
    closing.push(wal.close);
    const cpu = () => ({ door: cpuMsOf(door.pid ?? 0), worker: cpuMsOf(worker.pid ?? 0), postgres: cpuMsOf(postgres) });

    for (const each of [theirs, theirsGrouped, ours]) await measure(each, load, sink, 2);
    const plain: number[] = [];
    const plainGrouped: number[] = [];
    const hookline: number[] = [];
    const used = { door: 0, worker: 0, postgres: 0 };
    const written: WalUse = { rows: 0, indexEntries: 0, records: 0, bytes: 0, commits: 0 };
    let runs = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      plain.push((await measure(theirs, load, sink, SECONDS)).perSecond);
      const position = await wal.position();
      const before = cpu();
      const result = await measure(ours, load, sink, SECONDS);
      const after = cpu();
      for (const [what, count] of Object.entries(await wal.writtenSince(position)))
        written[what as keyof WalUse] += count;
      for (const part of ["door", "worker", "postgres"] as const) used[part] += after[part] - before[part];
      hookline.push(result.perSecond);
      runs += result.runs;
      plainGrouped.push((await measure(theirsGrouped, load, sink, SECONDS)).perSecond);
    }
    const idle = await measureIdle(ours, load, sink);
    const profiles = await profileWorker(worker, env, () => measure(ours, load, sink, SECONDS));
    const each = (part: keyof typeof used) => `${(used[part] / runs).toFixed(2)} ms ${part}`;
    console.log(
      `runs end to end, map of ${map}: webhook → JSONata → HTTP POST, 1.3 KB, 32 connections, ` +
        `${ROUNDS} rounds of ${SECONDS} s, best each`,
    );
    console.log(`  Hookline (door, queue, journal, sandbox, egress guard)  ${shown(hookline)}`);
    console.log(`  least durable pipeline, one process                     ${shown(plain)}`);
    console.log(`  the same with our group commit, for information         ${shown(plainGrouped)}`);
    console.log(
      `  ratio to the least durable pipeline: ${(Math.max(...hookline) / Math.max(...plain)).toFixed(2)} (aim ≥ 0.35)`,
    );
    console.log(`  processor time a run: ${each("door")}, ${each("worker")} (with its sandbox), ${each("postgres")}`);
    const perRun = (what: keyof WalUse) => (written[what] / runs).toFixed(1);
    console.log(
      `  written a run: ${perRun("rows")} rows, ${perRun("indexEntries")} index entries, ` +
        `${perRun("records")} log records, ${(written.bytes / runs / 1_024).toFixed(1)} KiB of log`,
    );
    console.log(
      `  idle, request → effect: p50 ${idle.p50.toFixed(1)} ms   p99 ${idle.p99.toFixed(1)} ms (aim p50 < 50 ms)`,
    );
    printProfile("where the worker's CPU goes, with its sandbox children, by own time, idle left out:", profiles);
  } finally {
    for (const child of children) {
      child.kill("SIGTERM");
      if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    }
    for (const close of closing) await close();
    await bench.stop();
  }
}

/** A round of its own, with a worker that is watched: a profiler slows what it watches. */
async function profileWorker(worker: ChildProcess, env: NodeJS.ProcessEnv, round: () => Promise<unknown>) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hookline-bench-"));
  worker.kill("SIGTERM");
  if (worker.exitCode === null && worker.signalCode === null) await once(worker, "exit");
  const watched = fork("server/worker.ts", [], { env, execArgv: ["--cpu-prof", `--cpu-prof-dir=${folder}`] });
  try {
    await round();
  } finally {
    watched.kill("SIGTERM");
    await once(watched, "exit");
  }
  const profiles = summarizeProfiles(folder);
  rmSync(folder, { recursive: true });
  return profiles;
}

function definitionOf(map: string, url: string): string {
  return JSON.stringify({
    schema: 1,
    trigger: { endpointId: null, eventTypes: [], filter: null },
    runName: "",
    steps: [
      { kind: "action", id: "map", name: "Map", action: "transform", input: { value: map } },
      {
        kind: "action",
        id: "call",
        name: "Call",
        action: "http.request",
        input: { method: "POST", url, body: { kind: "json", json: "{{ steps.map }}" } },
      },
    ],
  });
}

function shown(list: readonly number[]): string {
  return `${String(Math.round(Math.max(...list))).padStart(6)}/s   (${list.map(Math.round).join(" ")})`;
}

async function measure(
  { port, left }: Target,
  load: Load,
  sink: ChildProcess,
  seconds: number,
): Promise<{ perSecond: number; runs: number }> {
  const began = await ask(sink);
  const startedAt = performance.now();
  await measureLoad({ ...load, port, connections: 32, seconds });
  await untilDone(left);
  const elapsedMs = performance.now() - startedAt;
  const runs = (await ask(sink)) - began;
  return { perSecond: (runs / elapsedMs) * 1_000, runs };
}

/** One request after the other, each sent when everything is quiet; the time until the target has the call. */
async function measureIdle(
  { port, left }: Target,
  load: Load,
  sink: ChildProcess,
): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  for (let index = 0; index < 60; index += 1) {
    const before = await ask(sink);
    const startedAt = performance.now();
    const sent = sendOne(port, load);
    while ((await ask(sink)) === before) await new Promise((resolve) => setImmediate(resolve));
    times.push(performance.now() - startedAt);
    await sent;
    await untilDone(left);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1] ?? 0, p99: times[Math.floor(times.length * 0.99)] ?? 0 };
}

async function sendOne(port: number, { path, secret }: Load): Promise<void> {
  const body = JSON.stringify({
    repository: { full_name: "acme/orders" },
    commits: [{ message: "One", author: { email: "ada@example.com" }, added: ["a"] }],
  });
  const signature = `sha256=${createHmac("sha256", secret).update(body).digest("hex")}`;
  const headers = {
    "content-type": "application/json",
    "x-github-event": "push",
    "x-github-delivery": randomUUID(),
    "x-hub-signature-256": signature,
  };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method: "POST", headers, body });
  if (answer.status !== 202) throw new Error(`The door answered ${answer.status}.`);
  await answer.text();
}

async function ask(child: ChildProcess): Promise<number> {
  child.send("count");
  const [number] = (await once(child, "message")) as [number];
  return number;
}

async function countOpenRuns(): Promise<number> {
  const { rows } = await pool().query<{ left: boolean }>(
    `SELECT EXISTS (SELECT FROM run WHERE status IN ('queued', 'running', 'waiting', 'retrying')
                    AND kind <> 'canary') AS left`,
  );
  return rows[0]?.left === true ? 1 : 0;
}

async function untilDone(left: () => Promise<number>): Promise<void> {
  const deadline = performance.now() + 120_000;
  while ((await left()) > 0) {
    if (performance.now() > deadline) throw new Error("Runs are still under way after 2 minutes.");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
