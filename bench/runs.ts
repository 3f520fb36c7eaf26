import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { prepareBench } from "#bench/support/bench-database.ts";
import { measureLoad } from "#bench/support/measure-load.ts";
import { pool } from "#lib/db/pool.ts";

type Target = { port: number; left(): Promise<number> };

/**
 * Runs per second end to end: webhook → JSONata map → HTTP POST, 1.3 KB bodies, 32 connections; the clock stops when the
 * last run has ended and its journal is on disk. Beside it the least durable pipeline on the same machine in the same
 * minute. Then, idle: from the request's first byte to the effect's arrival.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 4);
const PROFILE = process.env.BENCH_PROFILE;
const MAP =
  '{ "repo": trigger.body.repository.full_name, "authors": $distinct(trigger.body.commits.author.email), "files": $count(trigger.body.commits.added), "message": trigger.body.commits[0].message }';

const sink = fork("bench/support/sink-server.ts");
const [sinkPort] = (await once(sink, "message")) as [number];
const target = `http://127.0.0.1:${sinkPort}/hook`;
const definition = JSON.stringify({
  schema: 1,
  trigger: { endpointId: null, eventTypes: [], filter: null },
  runName: "",
  steps: [
    { kind: "action", id: "map", name: "Map", action: "transform", input: { value: MAP } },
    {
      kind: "action",
      id: "call",
      name: "Call",
      action: "http.request",
      input: { method: "POST", url: target, body: { kind: "json", json: "{{ steps.map }}" } },
    },
  ],
});
const bench = await prepareBench(definition);
const env: NodeJS.ProcessEnv = {
  ...process.env,
  DATABASE_URL: bench.databaseUrl,
  HOOKLINE_SECRET_KEY: bench.secretKey,
  HOOKLINE_LOG_LEVEL: process.env.BENCH_LOG ?? "warn",
  HOOKLINE_ENDPOINT_RATE_PER_SECOND: "1000000",
  HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
  NODE_ENV: "production",
};
const children: ChildProcess[] = [sink];
const hookline: number[] = [];
const plain: number[] = [];
try {
  const worker = fork("server/worker.ts", [], {
    env,
    ...(PROFILE === undefined ? {} : { execArgv: ["--cpu-prof", `--cpu-prof-dir=${PROFILE}`] }),
  });
  const door = fork("bench/support/accept-server.ts", ["hookline"], { env });
  const least = fork("bench/support/least-durable.ts", [target, MAP], { env });
  children.push(worker, door, least);
  const [[doorPort], [leastPort]] = (await Promise.all([once(door, "message"), once(least, "message")])) as [[number], [number]];
  const load = { path: `/in/${bench.token}`, secret: bench.signingSecret };
  const ours: Target = { port: doorPort, left: countOpenRuns };
  const theirs: Target = { port: leastPort, left: () => ask(least) };
  for (const each of [ours, theirs]) await measure(each, load, 1);
  for (let round = 0; round < ROUNDS; round += 1) {
    plain.push(await measure(theirs, load, SECONDS));
    hookline.push(await measure(ours, load, SECONDS));
  }
  const idle = await measureIdle(ours, load);
  const best = (list: number[]) => Math.max(...list);
  console.log(
    `runs end to end: webhook → JSONata map → HTTP POST, 1.3 KB, 32 connections, ${ROUNDS} rounds of ${SECONDS} s of load, best round each`,
  );
  console.log(
    `  Hookline (door, queue, journal, sandbox, egress guard)  ${String(Math.round(best(hookline))).padStart(6)}/s   (${hookline.map(Math.round).join(" ")})`,
  );
  console.log(
    `  least durable pipeline, one process                     ${String(Math.round(best(plain))).padStart(6)}/s   (${plain.map(Math.round).join(" ")})`,
  );
  console.log(`  ratio: ${(best(hookline) / best(plain)).toFixed(2)} (aim ≥ 0.35)`);
  console.log(`  idle, request → effect: p50 ${idle.p50.toFixed(1)} ms   p99 ${idle.p99.toFixed(1)} ms (aim p50 < 50 ms)`);
} finally {
  for (const child of children) {
    child.kill("SIGTERM");
    if (child.exitCode === null) await once(child, "exit");
  }
  await bench.stop();
}

async function measure({ port, left }: Target, load: { path: string; secret: string }, seconds: number): Promise<number> {
  const began = await ask(sink);
  const startedAt = performance.now();
  await measureLoad({ ...load, port, connections: 32, seconds });
  await untilDone(left);
  return ((await ask(sink)) - began) / ((performance.now() - startedAt) / 1_000);
}

/** One request after the other, each sent when everything is quiet; the time until the target has the call. */
async function measureIdle({ port, left }: Target, load: { path: string; secret: string }): Promise<{ p50: number; p99: number }> {
  const times: number[] = [];
  for (let index = 0; index < 60; index += 1) {
    const before = await ask(sink);
    const startedAt = performance.now();
    const sent = measureLoad({ ...load, port, connections: 1, seconds: 0.0001 });
    while ((await ask(sink)) === before) await new Promise((resolve) => setImmediate(resolve));
    times.push(performance.now() - startedAt);
    await sent;
    await untilDone(left);
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  times.sort((a, b) => a - b);
  return { p50: times[times.length >> 1] ?? 0, p99: times[Math.floor(times.length * 0.99)] ?? 0 };
}

async function ask(child: ChildProcess): Promise<number> {
  child.send("count");
  const [number] = (await once(child, "message")) as [number];
  return number;
}

async function countOpenRuns(): Promise<number> {
  const { rows } = await pool().query<{ left: boolean }>(
    "SELECT EXISTS (SELECT FROM run WHERE status IN ('queued', 'running', 'waiting', 'retrying') AND kind <> 'canary') AS left",
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
