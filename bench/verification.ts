import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { prepareBench } from "#bench/support/bench-database.ts";
import { measureLoad } from "#bench/support/measure-load.ts";
import { timeSchemes } from "#bench/support/time-schemes.ts";

/**
 * What verification adds to accepting: the same signed 1.3 KB requests to two endpoints of one server, one that
 * verifies and one that does not, in turns. The door's own processor time per request tells, which a noisy machine
 * distorts less than requests per second; Postgres' share is left out, so that the figure is not made small by it. Then
 * each kind of signature by itself.
 */
const ROUNDS = Number(process.env.BENCH_ROUNDS ?? 12);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 1);

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
/** Microseconds of the door's processor time a request. */
const used = { verified: [] as number[], unverified: [] as number[] };
try {
  const [port] = (await once(door, "message")) as [number];
  const measure = async (token: string, seconds: number): Promise<number> => {
    const before = await cpuMicroseconds(door);
    const load = await measureLoad({
      port,
      path: `/in/${token}`,
      secret: bench.signingSecret,
      connections: 32,
      seconds,
    });
    if (load.failed > 0) throw new Error(`${load.failed} requests were not accepted.`);
    return ((await cpuMicroseconds(door)) - before) / (load.perSecond * seconds);
  };
  for (const token of [bench.token, unverified]) await measure(token, 2);
  for (let round = 0; round < ROUNDS; round += 1) {
    const [first, second] =
      round % 2 === 0 ? (["verified", "unverified"] as const) : (["unverified", "verified"] as const);
    for (const kind of [first, second])
      used[kind].push(await measure(kind === "verified" ? bench.token : unverified, SECONDS));
  }
} finally {
  door.kill("SIGTERM");
  if (door.exitCode === null && door.signalCode === null) await once(door, "exit");
  await bench.stop();
}

const [verified, plain] = [median(used.verified), median(used.unverified)];
const added = median(used.verified.map((cpu, round) => cpu - (used.unverified[round] ?? cpu)));
const schemes = await timeSchemes();
const listed = (times: readonly number[]): string => times.map(Math.round).join(" ");
const share = (microseconds: number): string => `${((microseconds / verified) * 100).toFixed(1).padStart(5)} %`;
console.log(
  `what verification costs: 1.3 KB JSON, 32 connections, ${ROUNDS} pairs of ${SECONDS} s in turns, ` +
    `medians of the door's processor time`,
);
console.log(
  `  accepting without verification  ${plain.toFixed(0).padStart(4)} µs a request   (${listed(used.unverified)})`,
);
console.log(
  `  accepting with it               ${verified.toFixed(0).padStart(4)} µs a request   (${listed(used.verified)})`,
);
console.log(
  `  verifying itself (${schemes[0]?.label}) ${share(schemes[0]?.microseconds ?? Number.NaN)} of accepting (aim < 5 %)`,
);
console.log(
  `  with storing what was checked, and with which secret ${share(added)} of accepting, the median of the pairs`,
);
console.log("  each kind of signature by itself, and its share of accepting:");
for (const { label, microseconds } of schemes)
  console.log(`    ${label.padEnd(44)} ${microseconds.toFixed(1).padStart(6)} µs ${share(microseconds)}`);

async function cpuMicroseconds(child: ChildProcess): Promise<number> {
  child.send("cpu");
  const [cpu] = (await once(child, "message")) as [number];
  return cpu;
}

function median(list: readonly number[]): number {
  return list.toSorted((a, b) => a - b)[list.length >> 1] ?? 0;
}
