import { createHash } from "node:crypto";
import { closeSync, fsyncSync, mkdtempSync, openSync, readFileSync, rmSync, writeSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import os from "node:os";
import path from "node:path";

/** One request as a target got it. */
export type SinkHit = {
  path: string;
  method: string;
  key: string | null;
  bodySha256: string;
  body: string;
  headers: Record<string, string>;
  at: number;
};

/** How the sink treats a request: an answer, or silence. */
export type SinkAnswer =
  | { status: number; headers?: Record<string, string>; body?: string; afterMs?: number }
  | "hang"
  | "reset";

/** A real HTTP target on loopback that notes each request down on disk before it answers. */
export type HttpSink = {
  url: string;
  port: number;
  hits(): SinkHit[];
  /** Decides the answers from now on; the count is of requests with the same path and key, this one included. */
  answer(decide: (hit: SinkHit, count: number) => SinkAnswer): void;
  /** Whether each hit is on disk before the answer; off for speed where nothing is killed. */
  close(): Promise<void>;
};

/** Starts a sink. `durable: false` keeps hits in memory only. */
export async function startHttpSink(options: { durable?: boolean } = {}): Promise<HttpSink> {
  const folder = mkdtempSync(path.join(os.tmpdir(), "hookline-sink-"));
  const file = path.join(folder, "hits.jsonl");
  const fd = openSync(file, "a");
  const memory: SinkHit[] = [];
  const counts = new Map<string, number>();
  let decide: (hit: SinkHit, count: number) => SinkAnswer = () => ({ status: 200 });

  const note = (hit: SinkHit) => {
    if (options.durable === false) return void memory.push(hit);
    writeSync(fd, `${JSON.stringify(hit)}\n`);
    fsyncSync(fd);
  };
  const server = createServer((request, response) => {
    readAll(request).then(
      (bytes) => {
        const hit = toHit(request, bytes);
        note(hit);
        const id = `${hit.path} ${hit.key ?? ""}`;
        counts.set(id, (counts.get(id) ?? 0) + 1);
        respond(response, decide(hit, counts.get(id) ?? 1));
      },
      () => undefined,
    );
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    hits: () =>
      options.durable === false
        ? [...memory]
        : readFileSync(file, "utf8")
            .split("\n")
            .filter((line) => line !== "")
            .map((line) => JSON.parse(line) as SinkHit),
    answer: (next) => void (decide = next),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      closeSync(fd);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function respond(response: ServerResponse, answer: SinkAnswer): void {
  if (answer === "hang") return;
  if (answer === "reset") return void response.socket?.resetAndDestroy();
  const send = () => {
    response.writeHead(answer.status, { "content-type": "application/json", ...answer.headers });
    response.end(answer.body ?? '{"ok":true}');
  };
  if (answer.afterMs === undefined) send();
  else setTimeout(send, answer.afterMs);
}

function toHit(request: IncomingMessage, bytes: Buffer): SinkHit {
  const headers = Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(", ") : (value ?? ""),
    ]),
  );
  return {
    path: request.url ?? "",
    method: request.method ?? "",
    key: headers["idempotency-key"] ?? null,
    bodySha256: createHash("sha256").update(bytes).digest("hex"),
    body: bytes.toString("utf8"),
    headers,
    at: Date.now(),
  };
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
