import { createHmac, randomUUID } from "node:crypto";

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

/** Makes signed pushes to one address as the bytes of HTTP requests, each with a delivery id of its own. */
export function pushRequests(target: { port: number; path: string; secret: string }): () => Buffer {
  const signature = `sha256=${createHmac("sha256", target.secret).update(BODY).digest("hex")}`;
  const head =
    `POST ${target.path} HTTP/1.1\r\nhost: 127.0.0.1:${target.port}\r\n` +
    `user-agent: GitHub-Hookshot/0000000\r\ncontent-type: application/json\r\n` +
    `content-length: ${BODY.byteLength}\r\nx-github-event: push\r\nx-hub-signature-256: ${signature}\r\n` +
    `x-github-delivery: `;
  return () => Buffer.concat([Buffer.from(`${head}${randomUUID()}\r\n\r\n`), BODY]);
}
