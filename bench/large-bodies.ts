import { type ChildProcess, fork } from "node:child_process";
import { createHmac, randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import type { AddressInfo } from "node:net";
import { prepareBench } from "#bench/support/bench-database.ts";
import { sampleMemory } from "#bench/support/sample-memory.ts";
import { BODY_BYTES_MAX } from "#lib/core/size-limits.ts";
import { pool } from "#lib/db/pool.ts";

/**
 * Memory of a worker while many of the largest bodies are passed on at once, through a real door, and how long small
 * events of another endpoint take meanwhile. Three kinds of JSON in turn: one text, small objects, empty lists. Each
 * must arrive as it was sent.
 */
const EVENTS = Number(process.argv[2] ?? process.env.BENCH_EVENTS ?? 100);
const WORKER_BYTES_MAX = 1024 ** 3;
const DOOR_BYTES_MAX = 1024 ** 3;
const SMALL_EVERY_MS = 100;
const MINUTES_MAX = 15;

const bodies = ['{"id":1}', "[]", `"${"x".repeat(1_000)}"`].map((piece) => {
  const pieces = Math.floor((BODY_BYTES_MAX - 1) / (piece.length + 1));
  return Buffer.from(`[${Array.from({ length: pieces }, () => piece).join(",")}]`);
});

const signatures = new Map<Buffer, string>();

type Arrived = { large: number; wrong: number; smallAt: Map<number, number> };
const arrived: Arrived = { large: 0, wrong: 0, smallAt: new Map() };

const sink = createServer((incoming, response) => {
  void readAll(incoming).then((body) => {
    if (body.byteLength < 1_000)
      arrived.smallAt.set((JSON.parse(body.toString()) as { n: number }).n, performance.now());
    else if (bodies.some((sent) => sent.equals(body))) arrived.large += 1;
    else arrived.wrong += 1;
    response.end("{}");
  });
});
sink.listen(0, "127.0.0.1");
await once(sink, "listening");
const bench = await prepareBench(definitionOf(`http://127.0.0.1:${(sink.address() as AddressInfo).port}/`));
const env: NodeJS.ProcessEnv = {
  ...process.env,
  DATABASE_URL: bench.databaseUrl,
  HOOKLINE_SECRET_KEY: bench.secretKey,
  HOOKLINE_LOG_LEVEL: "warn",
  HOOKLINE_BODY_BYTES_MAX: String(BODY_BYTES_MAX),
  HOOKLINE_ENDPOINT_RATE_PER_SECOND: "1000000",
  HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
  NODE_ENV: "production",
};
const smallToken = await bench.addEndpoint({});
const worker = fork("server/worker.ts", [], { env });
const door = fork("bench/support/accept-server.ts", ["hookline"], { env });
try {
  const [port] = (await once(door, "message")) as [number];
  const memory = { worker: sampleMemory(worker.pid ?? 0), door: sampleMemory(door.pid ?? 0) };
  const sentAt: number[] = [];
  const takenAt = new Map<number, number>();
  let refused = 0;
  let smallRefused = 0;
  const small = setInterval(() => {
    const n = sentAt.push(performance.now()) - 1;
    void send(port, smallToken, Buffer.from(JSON.stringify({ n }))).then(({ status }) => {
      if (status !== 202) smallRefused += 1;
      takenAt.set(n, performance.now());
    });
  }, SMALL_EVERY_MS);
  const beganAt = performance.now();
  await Promise.all(
    Array.from({ length: EVENTS }, async (_, index) => {
      const body = bodies[index % bodies.length] as Buffer;
      for (;;) {
        const { status, retryAfterMs } = await send(port, bench.token, body);
        if (status === 202) return;
        refused += 1;
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }),
  );
  const acceptedMs = performance.now() - beganAt;
  await until(() => arrived.large + arrived.wrong >= EVENTS);
  const doneMs = performance.now() - beganAt;
  clearInterval(small);
  await until(() => arrived.smallAt.size >= sentAt.length);
  const { rows } = await pool().query<{ status: string; runs: number }>(
    "SELECT status, count(*)::int AS runs FROM run WHERE kind <> 'canary' GROUP BY 1",
  );
  const shares = (delays: number[]) => {
    const sorted = delays.sort((a, b) => a - b);
    const at = (share: number) => `${((sorted[Math.floor(sorted.length * share)] ?? 0) / 1_000).toFixed(2)} s`;
    return `p50 ${at(0.5)}   p99 ${at(0.99)}`;
  };
  const taken = sentAt.map((at, n) => (takenAt.get(n) ?? Number.POSITIVE_INFINITY) - at);
  const done = sentAt.map((_, n) => (arrived.smallAt.get(n) ?? Number.POSITIVE_INFINITY) - (takenAt.get(n) ?? 0));
  const seconds = (ms: number) => (ms / 1_000).toFixed(1);
  const [ofWorker, ofDoor] = [memory.worker.stop(), memory.door.stop()];
  const mib = (bytes: number) => `${Math.round(bytes / 1024 ** 2)} MiB`;
  console.log(`${EVENTS} events of ${BODY_BYTES_MAX} bytes at once, each passed on by its own run`);
  console.log(
    `  taken in ${seconds(acceptedMs)} s (${refused} asked to come again), passed on in ${seconds(doneMs)} s`,
  );
  console.log(`  arrived as sent ${arrived.large}, otherwise ${arrived.wrong}; runs ${JSON.stringify(rows)}`);
  console.log(`  worker at most ${mib(ofWorker.own)} (bound 1024), with its sandbox processes ${mib(ofWorker.tree)}`);
  console.log(`  door at most ${mib(ofDoor.own)} (bound 1024), with its sandbox processes ${mib(ofDoor.tree)}`);
  console.log(`  ${sentAt.length} small events beside them (${smallRefused} refused), request → 202: ${shares(taken)}`);
  console.log(`  202 → effect: ${shares(done)}`);
  if (arrived.wrong > 0 || smallRefused > 0 || ofWorker.own > WORKER_BYTES_MAX || ofDoor.own > DOOR_BYTES_MAX)
    process.exitCode = 1;
} finally {
  for (const child of [worker, door]) await end(child);
  sink.closeAllConnections();
  sink.close();
  await bench.stop();
}

function definitionOf(url: string): string {
  const input = { method: "POST", url, body: { kind: "json", json: "{{ trigger.body }}" } };
  return JSON.stringify({
    schema: 1,
    trigger: { endpointId: null, eventTypes: [], filter: null },
    runName: "",
    steps: [{ kind: "action", id: "call", name: "Call", action: "http.request", input }],
  });
}

/** Signed once: what the sender's own hashing takes is not to be taken for the receiver's delay. */
function signatureOf(body: Buffer): string {
  const known = signatures.get(body);
  if (known !== undefined) return known;
  const made = `sha256=${createHmac("sha256", bench.signingSecret).update(body).digest("hex")}`;
  if (body.byteLength > 1_000) signatures.set(body, made);
  return made;
}

/** The answer's status, 0 when the connection broke off, and when it asks to come again. */
function send(port: number, token: string, body: Buffer): Promise<{ status: number; retryAfterMs: number }> {
  return new Promise((resolve) => {
    const headers = {
      "content-type": "application/json",
      "content-length": body.byteLength,
      "x-github-event": "push",
      "x-github-delivery": randomUUID(),
      "x-hub-signature-256": signatureOf(body),
    };
    const sent = request({ host: "127.0.0.1", port, path: `/in/${token}`, method: "POST", headers }, (answer) => {
      answer.resume();
      resolve({ status: answer.statusCode ?? 0, retryAfterMs: 1_000 * Number(answer.headers["retry-after"] ?? 1) });
    });
    sent.on("error", () => resolve({ status: 0, retryAfterMs: 1_000 }));
    sent.end(body);
  });
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function until(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + MINUTES_MAX * 60_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`Not done after ${MINUTES_MAX} minutes.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function end(child: ChildProcess): Promise<void> {
  child.kill("SIGTERM");
  if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
}
