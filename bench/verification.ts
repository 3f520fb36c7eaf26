import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { prepareBench } from "#bench/support/bench-database.ts";
import { cpuMsOf, findPostmaster } from "#bench/support/cpu-use.ts";
import { measureLoad } from "#bench/support/measure-load.ts";
import { timeSchemes } from "#bench/support/time-schemes.ts";

/**
 * What verification adds to accepting: the same signed 1.3 KB requests to two endpoints of one server, one that
 * verifies and one that does not, in turns; processor time per request tells, which a noisy machine distorts less than
 * requests per second. Then each kind of signature by itself, beside the CPU of accepting a request.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 24);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 0.5);

const bench = await prepareBench();
const unverified = await bench.addEndpoint({ verification: "off" });
const door = fork("bench/support/accept-server.ts", ["hookline"], {
  env: {
    ...process.env,
    DATABASE_URL: bench.databaseUrl,
    HOOKLINE_SECRET_KEY: bench.secretKey,
    HOOKLINE_LOG_LEVEL: "warn",
    HOOKLINE_ENDPOINT_RATE_PER_SECOND: "1000000",
    NODE_ENV: "production",
  },
});
/** Microseconds of processor time a request: of the door alone, and with Postgres, which is what accepting costs. */
type Cpu = { door: number; all: number };
const used = { verified: [] as Cpu[], unverified: [] as Cpu[] };
const postmaster = await findPostmaster();
try {
  const [port] = (await once(door, "message")) as [number];
  const measure = async (token: string, seconds: number): Promise<Cpu> => {
    const [before, postgresBefore] = [await cpuMicroseconds(door), cpuMsOf(postmaster)];
    const load = await measureLoad({ port, path: `/in/${token}`, secret: bench.signingSecret, connections: 32, seconds });
    if (load.failed > 0) throw new Error(`${load.failed} requests were not accepted.`);
    const requests = load.perSecond * seconds;
    const ofDoor = ((await cpuMicroseconds(door)) - before) / requests;
    return { door: ofDoor, all: ofDoor + ((cpuMsOf(postmaster) - postgresBefore) * 1_000) / requests };
  };
  for (const token of [bench.token, unverified]) await measure(token, 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    const [first, second] = round % 2 === 0 ? (["verified", "unverified"] as const) : (["unverified", "verified"] as const);
    for (const kind of [first, second]) used[kind].push(await measure(kind === "verified" ? bench.token : unverified, SECONDS));
  }
} finally {
  door.kill("SIGTERM");
  if (door.exitCode === null && door.signalCode === null) await once(door, "exit");
  await bench.stop();
}

const of = (kind: keyof typeof used, part: keyof Cpu): number => median(used[kind].map((cpu) => cpu[part]));
const added = (part: keyof Cpu): number =>
  median(used.verified.map((cpu, round) => 1 - (used.unverified[round]?.[part] ?? cpu[part]) / cpu[part]));
console.log(`what verification costs: 1.3 KB JSON, 32 connections, ${ROUNDS} pairs of ${SECONDS} s in turns, medians of processor time`);
for (const kind of ["unverified", "verified"] as const) {
  const name = kind === "verified" ? "accepting with it" : "accepting without verification";
  console.log(
    `  ${name.padEnd(31)} ${of(kind, "all").toFixed(0).padStart(4)} µs a request, ${of(kind, "door").toFixed(0)} of them in the door`,
  );
}
console.log(
  `  verification, with writing down what was checked, adds ${(added("all") * 100).toFixed(1)} % (aim < 5 %); ${(added("door") * 100).toFixed(1)} % of the door's own time`,
);
const accepting = of("unverified", "all");
console.log("  each kind of signature by itself, 1.3 KB body, and its share of accepting with it:");
for (const { label, microseconds } of await timeSchemes()) {
  const share = (microseconds / (accepting + microseconds)) * 100;
  console.log(`    ${label.padEnd(44)} ${microseconds.toFixed(1).padStart(6)} µs   ${share.toFixed(1).padStart(5)} %`);
}

async function cpuMicroseconds(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [cpu] = (await once(child, "message")) as [number];
  return cpu;
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0;
}
