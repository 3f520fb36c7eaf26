import { createHmac, randomUUID } from "node:crypto";
import net from "node:net";

/** Answers per second and how long they took; `failed` counts every answer that is not 202. */
export type LoadResult = { perSecond: number; p50Ms: number; p99Ms: number; failed: number };

/** Where to send, as what, and for how long. */
export type Load = { port: number; path: string; secret: string; connections: number; seconds: number };

/** About 1.3 KB of JSON, as a push to a repository looks. */
const BODY = Buffer.from(
  JSON.stringify({
    ref: "refs/heads/main",
    repository: { id: 186853002, full_name: "acme/orders", private: true, owner: { login: "acme", id: 21031067 } },
    pusher: { name: "ada", email: "ada@example.com" },
    commits: Array.from({ length: 4 }, (_, n) => ({
      id: `${n}`.repeat(40),
      message: `Commit number ${n} with a line of words`,
      timestamp: "2026-11-20T10:00:00Z",
      author: { name: "Ada Lovelace", email: "ada@example.com" },
      added: [`src/file-${n}.ts`],
    })),
    head_commit: null,
  }),
);

/** Keeps every connection busy with one signed request after the other over raw sockets, which leaves the CPU to the server. */
export async function measureLoad(load: Load): Promise<LoadResult> {
  const signature = `sha256=${createHmac("sha256", load.secret).update(BODY).digest("hex")}`;
  const head =
    `POST ${load.path} HTTP/1.1\r\nhost: 127.0.0.1:${load.port}\r\nuser-agent: GitHub-Hookshot/0000000\r\ncontent-type: application/json\r\n` +
    `content-length: ${BODY.byteLength}\r\nx-github-event: push\r\nx-hub-signature-256: ${signature}\r\nx-github-delivery: `;
  const untilMs = performance.now() + load.seconds * 1_000;
  const times: number[] = [];
  let failed = 0;
  await Promise.all(
    Array.from({ length: load.connections }, () =>
      sendUntil(
        untilMs,
        load.port,
        () => Buffer.concat([Buffer.from(`${head}${randomUUID()}\r\n\r\n`), BODY]),
        (status, ms) => {
          times.push(ms);
          if (status !== 202) failed += 1;
        },
      ),
    ),
  );
  times.sort((a, b) => a - b);
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0;
  return { perSecond: times.length / load.seconds, p50Ms: at(0.5), p99Ms: at(0.99), failed };
}

function sendUntil(
  untilMs: number,
  port: number,
  nextRequest: () => Buffer,
  answered: (status: number, ms: number) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: "127.0.0.1", noDelay: true });
    let sentAtMs = 0;
    let text = "";
    const send = (): void => {
      if (performance.now() >= untilMs) {
        socket.end();
        resolve();
        return;
      }
      text = "";
      sentAtMs = performance.now();
      socket.write(nextRequest());
    };
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      const headEnd = text.indexOf("\r\n\r\n");
      if (headEnd < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(text.slice(0, headEnd))?.[1] ?? 0);
      if (text.length < headEnd + 4 + length) return;
      answered(Number(text.slice(9, 12)), performance.now() - sentAtMs);
      send();
    });
  });
}
