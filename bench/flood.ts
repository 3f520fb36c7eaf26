import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { prepareBench } from "#bench/support/bench-database.ts";
import { measureLoad, percentiles } from "#bench/support/measure-load.ts";
import type { PacerOrder, PacerResult } from "#bench/support/pacer.ts";
import { pool } from "#lib/db/pool.ts";

/**
 * Whether a flood on one endpoint is felt at another: one endpoint gets 50 requests a second, its neighbour 20 times as
 * many; once all of them accepted, once with a limit of 50 a second on the flooded one, so that the rest is refused.
 * Quiet and flooded rounds alternate; every process is its own, on the same machine.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 3);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 6);
const PER_SECOND = 50;
const TIMES_AS_MANY = 20;

const bench = await prepareBench();
const [open, limited] = [await bench.addEndpoint({}), await bench.addEndpoint({ ratePerSecond: PER_SECOND })];
const door = fork("bench/support/accept-server.ts", ["hookline"], {
  env: {
    ...process.env,
    DATABASE_URL: bench.databaseUrl,
    HOOKLINE_SECRET_KEY: bench.secretKey,
    HOOKLINE_LOG_LEVEL: "warn",
    NODE_ENV: "production",
  },
});
const [watcher, flooder] = [fork("bench/support/pacer.ts"), fork("bench/support/pacer.ts")];
const times = { quiet: [] as number[], accepted: [] as number[], limited: [] as number[] };
const statuses: Record<string, Record<string, number>> = {};
try {
  const [port] = (await once(door, "message")) as [number];
  const target = (token: string): Omit<PacerOrder, "perSecond" | "seconds"> => ({
    port,
    path: `/in/${token}`,
    secret: bench.signingSecret,
  });
  const watch = (seconds: number) => order(watcher, { ...target(bench.token), perSecond: PER_SECOND, seconds });
  const flood = (token: string) =>
    order(flooder, { ...target(token), perSecond: PER_SECOND * TIMES_AS_MANY, seconds: SECONDS });
  // A database that has run for a while has used log files to write over; a new one makes them, which stalls every
  // commit.
  await measureLoad({ ...target(open), connections: 32, seconds: 8 });
  await pool().query("CHECKPOINT");
  await watch(2);
  for (let round = 0; round < ROUNDS; round += 1) {
    keep("quiet", await watch(SECONDS));
    const [felt, flooded] = await Promise.all([watch(SECONDS), flood(open)]);
    keep("accepted", felt);
    note("flood, accepted", flooded);
    const [feltLimited, floodedLimited] = await Promise.all([watch(SECONDS), flood(limited)]);
    keep("limited", feltLimited);
    note("flood, limited", floodedLimited);
  }
} finally {
  for (const child of [watcher, flooder, door]) await stop(child);
  await bench.stop();
}

console.log(
  `a neighbour's flood: ${PER_SECOND}/s on one endpoint, ${PER_SECOND * TIMES_AS_MANY}/s on another, ` +
    `${ROUNDS} rounds of ${SECONDS} s, times from the moment each request was due`,
);
const quiet = percentiles(times.quiet);
for (const [name, kind] of [
  ["quiet", "quiet"],
  ["neighbour flooded, all accepted", "accepted"],
  ["neighbour flooded, limited to 50/s", "limited"],
] as const) {
  const { p50Ms, p99Ms } = percentiles(times[kind]);
  const ratio = kind === "quiet" ? "" : `   ${(p99Ms / quiet.p99Ms).toFixed(2)} × quiet p99 (aim < 2)`;
  console.log(
    `  ${name.padEnd(38)} p50 ${p50Ms.toFixed(1).padStart(5)} ms   p99 ${p99Ms.toFixed(1).padStart(5)} ms${ratio}`,
  );
}
for (const [name, counts] of Object.entries(statuses)) console.log(`  answers, ${name}: ${JSON.stringify(counts)}`);
if (Object.keys(statuses.watched ?? {}).some((status) => status !== "202")) process.exitCode = 1;

function keep(kind: keyof typeof times, result: PacerResult): void {
  times[kind].push(...result.times);
  note("watched", result);
}

function note(name: string, result: PacerResult): void {
  const counts = (statuses[name] ??= {});
  for (const [status, count] of Object.entries(result.statuses)) counts[status] = (counts[status] ?? 0) + count;
}

async function order(child: ChildProcess, wanted: PacerOrder): Promise<PacerResult> {
  const answered = new AbortController();
  const { signal } = answered;
  const ended = once(child, "exit", { signal }).then(() =>
    Promise.reject(new Error("A process of the measurement ended early.")),
  );
  child.send(wanted);
  try {
    const [result] = (await Promise.race([once(child, "message", { signal }), ended])) as [PacerResult];
    return result;
  } finally {
    // Takes the listeners off; `ended` is settled by the race, so its abort goes nowhere.
    answered.abort();
  }
}

async function stop(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
