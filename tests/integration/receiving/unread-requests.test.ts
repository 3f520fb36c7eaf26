import net from "node:net";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { metrics } from "#lib/platform/metrics.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { makeHttpServer } from "#server/make-http-server.ts";
import { openWebServer, type WebServer } from "#server/open-web-server.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace } from "#tests/support/receiving.ts";
import { until } from "#tests/support/until.ts";

useTestDatabase();
let actor: Actor;
let web: WebServer;
const seen: string[] = [];
beforeAll(async () => {
  actor = await makeWorkspace();
  const httpServer = makeHttpServer();
  // As Next does in production too.
  httpServer.on("upgrade", (_request, socket) => socket.destroy());
  web = await openWebServer({
    httpServer,
    port: 0,
    host: "127.0.0.1",
    pages: async (request, response) => {
      seen.push(`${request.headers.host} ${request.url}`);
      response.writeHead(204).end();
    },
  });
});
afterAll(async () => {
  await flushRecords();
  await web.stop();
});

/** Writes bytes and gives what came back until the connection closed, or for 5 s. */
function talk(text: string, { thenHalf = null }: { thenHalf?: string | null } = {}): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect({ port: web.port, host: "127.0.0.1" }, () => {
      socket.write(Buffer.from(text, "latin1"));
    });
    socket.setTimeout(5_000, () => socket.destroy());
    socket.on("data", (chunk) => {
      answer += chunk.toString("latin1");
      // Once it is asked for, a part of the body, and the connection is gone.
      if (thenHalf !== null && answer.includes("100 Continue")) socket.write(thenHalf, () => socket.destroy());
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}

const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);

async function rowOf(endpointId: string) {
  await until(
    async () => {
      await flushRecords();
      return prisma().request.count({ where: { endpointId } });
    },
    (count) => count > 0,
  );
  return prisma().request.findFirstOrThrow({ where: { endpointId } });
}

const counted = async (): Promise<number> =>
  (await metrics().unreadableRequests.get()).values.reduce((sum, { value }) => sum + value, 0);

const big = (bytes: number): string => `x-a: ${"a".repeat(bytes)}\r\ncontent-length: 2\r\n\r\n{}`;

describe("what cannot be read is answered and written down at its endpoint", () => {
  it.each([
    ["headers of 100 KB", big(100_000), 431, "headers-too-large"],
    ["a header that is none", "nothing\r\ncontent-length: 2\r\n\r\n{}", 400, "http-malformed"],
    ["a control character in a header", "x-a: a\u0001b\r\n\r\n", 400, "http-malformed"],
    ["two lengths", "content-length: 2\r\ncontent-length: 3\r\n\r\n{}", 400, "http-malformed"],
    ["a chunk size that is none", "transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n", 400, "body-broken"],
    ["a chunk longer than it says", "transfer-encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n", 400, "body-broken"],
    ["a length that counts letters", 'content-length: 12\r\n\r\n{"n":"Caf\u00c3\u00a9"}', 400, "body-broken"],
    ["a body without a length", '\r\n{"n":1}', 400, "body-broken"],
  ])("%s", async (_what, rest, status, reason) => {
    const endpoint = await makeEndpoint(actor);
    const answer = await talk(`POST ${endpoint.path}?a=1 HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${rest}`);
    expect([statusOf(answer), answer.match(/HTTP\/1\.1 /g)?.length]).toEqual([status, 1]);
    const row = await rowOf(endpoint.id);
    expect([row.verdict, row.reason, row.status, row.path, row.query, row.clientIp]).toEqual([
      "refused",
      reason,
      status,
      endpoint.path,
      "a=1",
      "127.0.0.1",
    ]);
  });

  it("an address of more than 16 KiB", async () => {
    const endpoint = await makeEndpoint(actor);
    const answer = await talk(`POST ${endpoint.path}?${"a".repeat(20_000)} HTTP/1.1\r\nhost: a\r\n\r\n`);
    expect(statusOf(answer)).toBe(414);
    const row = await rowOf(endpoint.id);
    expect([row.reason, row.path, row.query.length]).toEqual([
      "address-too-long",
      endpoint.path,
      16_384 - endpoint.path.length - 1,
    ]);
  });

  it.each([
    ["a space in its query", (path: string) => `POST ${path}?a=1 and 2 HTTP/1.1`],
    ["a tab in its address", (path: string) => `POST ${path}?a=1\tb HTTP/1.1`],
    ["a method in small letters", (path: string) => `post ${path}?a=1 HTTP/1.1`],
    ["an empty line before and a version that is none", (path: string) => `\r\nPOST ${path}?a=1 HTTQ/1.1`],
  ])("%s", async (_what, lineOf) => {
    const endpoint = await makeEndpoint(actor);
    const answer = await talk(`${lineOf(endpoint.path)}\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}`);
    expect(statusOf(answer)).toBe(400);
    const row = await rowOf(endpoint.id);
    expect([row.reason, row.method, row.path, row.query]).toEqual([
      "http-malformed",
      expect.stringMatching(/^post$/i),
      endpoint.path,
      "a=1",
    ]);
  });

  it("what follows a whole request takes nobody's answer away", async () => {
    const before = await counted();
    const answer = await talk("GET /login HTTP/1.1\r\nhost: a\r\n\r\nNONSENSE\r\n\r\n");
    expect(answer.match(/HTTP\/1\.1 \d+/g)).toEqual(["HTTP/1.1 204"]);
    expect(await counted()).toBe(before + 1);
  });

  it("a request without a host", async () => {
    const endpoint = await makeEndpoint(actor);
    const answer = await talk(`POST ${endpoint.path} HTTP/1.1\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`);
    expect(statusOf(answer)).toBe(400);
    expect((await rowOf(endpoint.id)).reason).toBe("http-malformed");
  });

  it("a body that breaks off, with what had come of it", async () => {
    const endpoint = await makeEndpoint(actor);
    const head = `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 100\r\n\r\n`;
    await talk(head, { thenHalf: "half" });
    const row = await rowOf(endpoint.id);
    expect([row.reason, Buffer.from(row.body).toString(), row.bodyBytes, row.bodySha256]).toEqual([
      "body-broken",
      "half",
      4,
      null,
    ]);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(0);
  });

  it("or as a count where nothing says whose it is", async () => {
    for (const text of ["NONSENSE\r\n\r\n", "\u0016\u0003\u0001\u0002\u0000\u0001", "CONNECT a:1 HTTP/1.1\r\n\r\n"]) {
      const before = await counted();
      expect([400, 405]).toContain(statusOf(await talk(text)));
      expect([text, await counted()]).toEqual([text, before + 1]);
    }
  });
});

describe("what only looks odd is taken", () => {
  it.each([
    [
      "an upgrade nobody asked for",
      "connection: upgrade, http2-settings\r\nupgrade: h2c\r\nhttp2-settings: AAMAAABk\r\n",
    ],
    ["an upgrade to a web socket", "connection: upgrade\r\nupgrade: websocket\r\n"],
    ["an expectation nobody knows", "expect: 200-maybe\r\nconnection: close\r\n"],
    ["an expectation in capitals", "expect: 100-Continue\r\nconnection: close\r\n"],
    ["60 KB of headers", `x-a: ${"a".repeat(60_000)}\r\nconnection: close\r\n`],
    ["3,000 headers", `${Array.from({ length: 3_000 }, (_, n) => `x-${n}: 1\r\n`).join("")}connection: close\r\n`],
  ])("%s", async (_what, headers) => {
    const endpoint = await makeEndpoint(actor);
    const text = `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\n${headers}content-length: 2\r\n\r\n{}`;
    const answer = (await talk(text)).replace(/^HTTP\/1\.1 100 Continue\r\n\r\n/, "");
    expect(statusOf(answer)).toBe(202);
    expect(await prisma().event.count({ where: { endpointId: endpoint.id } })).toBe(1);
  });
});

it("answers what is asked of the server as a whole, and hands it to no page", async () => {
  const before = seen.length;
  const answer = await talk("OPTIONS * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
  expect([statusOf(answer), /^allow: .*\bPOST\b/im.test(answer)]).toEqual([204, true]);
  expect(statusOf(await talk("GET * HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n"))).toBe(400);
  expect(seen.length).toBe(before);
});

it("hands pages an absolute target in the form they know, with its own host", async () => {
  await talk("GET http://shown.example/login?a=1 HTTP/1.1\r\nhost: other\r\nconnection: close\r\n\r\n");
  expect(seen.at(-1)).toEqual("shown.example /login?a=1");
});
