import net from "node:net";
import { beforeAll, describe, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { headerOf, sendRaw } from "#tests/support/send-raw.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
let endpoint: { id: string; path: string };
beforeAll(async () => {
  actor = await makeWorkspace();
  endpoint = await makeEndpoint(actor, { settings: { dedupe: { kind: "off" } } });
});

/** Writes bytes and gives what came back until the connection closed, or for 3 s. */
function talk(text: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = "";
    const socket = net.connect({ port: door.port, host: "127.0.0.1" }, () => socket.write(Buffer.from(text, "latin1")));
    socket.setTimeout(3_000, () => socket.destroy());
    socket.on("data", (chunk) => (answer += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
  });
}
const statusOf = (answer: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1] ?? 0);
const eventCount = () => prisma().event.count({ where: { workspaceId: actor.workspaceId } });
const head = (rest: string, method = "POST") =>
  `${method} ${endpoint.path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n${rest}`;
const stillWorks = async () => {
  const answer = await sendRaw(door.url, {
    method: "POST",
    target: endpoint.path,
    headers: [],
    body: Buffer.from("{}"),
  });
  expect(answer.status).toBe(202);
};

describe("I-15: chunks", () => {
  it.each([
    ["of all sizes", "transfer-encoding: chunked\r\n\r\n5\r\nhello\r\nA\r\n0123456789\r\n0\r\n\r\n", 202],
    ["with extensions", "transfer-encoding: chunked\r\n\r\n2;a=b\r\n{}\r\n0\r\n\r\n", 202],
    ["with trailers", "transfer-encoding: chunked\r\ntrailer: x-t\r\n\r\n2\r\n{}\r\n0\r\nx-t: 1\r\n\r\n", 202],
    ["of no size", "transfer-encoding: chunked\r\n\r\n\r\n{}\r\n0\r\n\r\n", 400],
    ["of a size that is no number", "transfer-encoding: chunked\r\n\r\n0x2\r\n{}\r\n0\r\n\r\n", 400],
    ["of a negative size", "transfer-encoding: chunked\r\n\r\n-2\r\n{}\r\n0\r\n\r\n", 400],
    ["of a size beyond 64 bits", "transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFF\r\n{}\r\n0\r\n\r\n", 400],
    ["longer than they say", "transfer-encoding: chunked\r\n\r\n2\r\n{}{}\r\n0\r\n\r\n", 400],
    ["in a coding inside chunks", "transfer-encoding: gzip, chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 202],
    ["that are not the last coding", "transfer-encoding: chunked, gzip\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400],
    ["announced twice", "transfer-encoding: chunked\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", 400],
  ])("%s are read or refused", async (_what, rest, status) => {
    const before = await eventCount();
    expect(statusOf(await talk(head(rest)))).toBe(status);
    expect((await eventCount()) - before).toBe(status === 202 ? 1 : 0);
  });
});

describe("I-16: where a request ends", () => {
  it.each([
    ["lengths and chunks at once", "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
    ["two lengths", "content-length: 2\r\ncontent-length: 2\r\n\r\n{}"],
    ["two different lengths", "content-length: 2\r\ncontent-length: 20\r\n\r\n{}"],
    ["a length with a sign", "content-length: +2\r\n\r\n{}"],
    ["a length in hex", "content-length: 0x2\r\n\r\n{}"],
    ["a length of two numbers", "content-length: 2, 2\r\n\r\n{}"],
    ["a length beyond 64 bits", "content-length: 99999999999999999999\r\n\r\n{}"],
    ["a folded header", "x-a: 1\r\n folded\r\ncontent-length: 2\r\n\r\n{}"],
    ["a line that ends in a bare LF", "x-a: 1\ncontent-length: 2\r\n\r\n{}"],
    ["a bare CR in a header", "x-a: 1\rx-b: 2\r\ncontent-length: 2\r\n\r\n{}"],
    ["a space before the colon", "content-length : 2\r\n\r\n{}"],
    ["a header without a colon", "nothing\r\ncontent-length: 2\r\n\r\n{}"],
  ])("is never guessed: %s are refused with 400 and closed", async (_what, rest) => {
    const before = await eventCount();
    const answer = await talk(head(rest));
    expect(statusOf(answer)).toBe(400);
    expect(answer).toMatch(/connection: close/i);
    expect(await eventCount()).toBe(before);
  });

  it("is not smuggled past: what follows a refused request is not read as another", async () => {
    const before = await eventCount();
    const inner = `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}`;
    for (const rest of [
      `content-length: ${inner.length + 5}\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n${inner}`,
      `transfer-encoding: xchunked\r\n\r\n${inner}`,
      `transfer-encoding : chunked\r\n\r\n0\r\n\r\n${inner}`,
    ]) {
      const answer = await talk(`POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\n${rest}`);
      expect(answer.match(/HTTP\/1\.1 /g)?.length, rest).toBe(1);
      expect(statusOf(answer)).toBe(400);
    }
    expect(await eventCount()).toBe(before);
  });

  it.each([
    ["another version", `POST ${"/in/x"} HTTP/9.9\r\nhost: a\r\n\r\n`],
    ["no version", "POST /in/x\r\n\r\n"],
    ["no host", "POST /in/x HTTP/1.1\r\ncontent-length: 0\r\n\r\n"],
    ["two hosts", "POST /in/x HTTP/1.1\r\nhost: a\r\nhost: b\r\ncontent-length: 0\r\n\r\n"],
    ["TLS", "\u0016\u0003\u0001\u0002\u0000\u0001"],
    ["HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
  ])("and %s is refused or answered as any stranger", async (_what, text) => {
    expect([400, 404, 505]).toContain(statusOf(await talk(text)));
    await stillWorks();
  });
});

describe("I-20: headers", () => {
  it.each([
    ["called __proto__", "__proto__: x\r\nconstructor: y\r\n__PROTO__: z\r\n", 202],
    ["of bytes above ASCII", "x-a: caf\u00e9 \u00ff\r\n", 202],
    ["given twenty times", "x-a: 1\r\n".repeat(20), 202],
    ["without a value", "x-a:\r\nx-b: \r\n", 202],
    ["of 15 KB", `x-a: ${"a".repeat(15_000)}\r\n`, 202],
    ["of nearly 64 KiB", `x-a: ${"a".repeat(65_000)}\r\n`, 202],
    ["of 64 KiB and more", `x-a: ${"a".repeat(65_537)}\r\n`, 431],
    ["by the thousand", Array.from({ length: 2_100 }, (_, n) => `x-${n}: 1\r\n`).join(""), 202],
    ["with NUL", "x-a: a\u0000b\r\n", 400],
    ["with a control character", "x-a: a\u0001b\r\n", 400],
    ["with a name that is none", "x a: 1\r\n", 400],
    ["with a name above ASCII", "x-\u00e9: 1\r\n", 400],
  ])("%s are kept or refused, and do no harm", async (_what, headers, status) => {
    expect(statusOf(await talk(head(`${headers}content-length: 2\r\n\r\n{}`)))).toBe(status);
    expect(({} as Record<string, unknown>)["x"]).toBeUndefined();
    await stillWorks();
  });

  it("of 100 KB or a megabyte do not end the process", async () => {
    for (const bytes of [100_000, 1_000_000]) {
      const answer = await talk(head(`content-type: ${"a".repeat(bytes)}\r\ncontent-length: 2\r\n\r\n{}`));
      expect([0, 400, 431]).toContain(statusOf(answer));
    }
    await stillWorks();
  });

  it("up to 64 KiB are kept as sent, in their order and case", async () => {
    const headers = Array.from({ length: 2_500 }, (_, n) => [`X-Number-${n}`, `v${n}`] as const);
    const answer = await sendRaw(door.url, { method: "POST", target: endpoint.path, headers, body: Buffer.from("{}") });
    const { event } = JSON.parse(answer.body.toString()) as { event: string };
    const payload = await prisma().eventPayload.findUniqueOrThrow({ where: { eventId: event } });
    expect((JSON.parse(payload.headers) as Array<[string, string]>).filter(([name]) => name.startsWith("X-"))).toEqual(
      headers,
    );
  });
});

describe("I-21: addresses", () => {
  it("that lead elsewhere are nobody's, and one that goes on after the token makes no event", async () => {
    const before = await eventCount();
    const token = endpoint.path.slice("/in/".length);
    const others = [
      `/in/${token}/x`,
      `/in/${token}%00`,
      `/in/${token};x=1`,
      `/in/${token}%2f`,
      `/in/..%2fin%2f${token}`,
      `/in/x/${token}`,
      `/in/../${token}`,
      `/IN/${token}`,
      `/in/${token.slice(0, -1)}`,
      `/in/${token.toUpperCase()}x`,
      `/in/${encodeURIComponent(encodeURIComponent(`${token}/`))}`,
      "/in/",
      "/in",
      `/x?y=/in/${token}`,
      `/in/${"a".repeat(32)}?next=${endpoint.path}`,
    ];
    for (const target of others) {
      const answer = await sendRaw(door.url, { method: "POST", target, headers: [], body: Buffer.from("{}") });
      expect([target, answer.status]).toEqual([target, 404]);
    }
    expect(await eventCount()).toBe(before);
  });

  it("may carry any query, which never leads elsewhere", async () => {
    const queries = [
      "?",
      "?%00",
      "?a=/in/other",
      "?..%2f..%2f",
      "?constructor[x]=1",
      `?${"a".repeat(10_000)}`,
      "?a=%F0%9F%92%A9&b=%ZZ",
      "?webhooks/other",
    ];
    for (const query of queries) {
      const before = await eventCount();
      const answer = await sendRaw(door.url, {
        method: "POST",
        target: endpoint.path + query,
        headers: [],
        body: Buffer.from("{}"),
      });
      expect([query.slice(0, 30), answer.status]).toEqual([query.slice(0, 30), 202]);
      const { event } = JSON.parse(answer.body.toString()) as { event: string };
      expect((await prisma().eventPayload.findUniqueOrThrow({ where: { eventId: event } })).query).toBe(query.slice(1));
      expect(await eventCount()).toBe(before + 1);
    }
  });

  it("of 32 KB are refused by the server itself", async () => {
    const answer = await talk(
      `POST ${endpoint.path}?${"a".repeat(32_000)} HTTP/1.1\r\n` +
        `host: a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`,
    );
    expect([400, 414, 431]).toContain(statusOf(answer));
    await stillWorks();
  });

  it("in absolute form are the endpoint's, whichever host they name", async () => {
    for (const host of ["a", "hooks.example.com", "127.0.0.1"])
      expect(
        statusOf(
          await talk(
            `POST http://${host}${endpoint.path} HTTP/1.1\r\n` +
              `host: a\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}`,
          ),
        ),
      ).toBe(202);
  });
});

describe("I-22: methods at an endpoint", () => {
  it.each(["GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "LINK"])(
    "%s is 405 and tells nothing about us",
    async (method) => {
      const before = await eventCount();
      const answer = await sendRaw(door.url, {
        method,
        target: endpoint.path,
        headers: [["x-canary", "echo-me"]],
        body: Buffer.alloc(0),
      });
      expect([answer.status, headerOf(answer, "allow")]).toEqual([405, "POST"]);
      expect(answer.body.byteLength).toBeLessThan(200);
      expect(answer.body.toString()).not.toMatch(/echo-me|node|next|at \w+ \(|hookline\/|\bstack\b/i);
      expect(await eventCount()).toBe(before);
    },
  );

  it("CONNECT and made-up ones are closed", async () => {
    for (const method of ["CONNECT", "MADEUP", "get", "PO ST"]) {
      const status = statusOf(await talk(head("content-length: 2\r\n\r\n{}", method)));
      expect([0, 400, 404, 405]).toContain(status);
    }
    await stillWorks();
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "GET"])("%s makes an event where its owner allowed it", async (method) => {
    const open = await makeEndpoint(actor, { settings: { methods: ["POST", "PUT", "PATCH", "DELETE", "GET"] } });
    const body = method === "GET" ? Buffer.alloc(0) : Buffer.from("{}");
    expect((await sendRaw(door.url, { method, target: open.path, headers: [], body })).status).toBe(202);
  });
});
