import net from "node:net";
import { beforeAll, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

/** Writes the parts with a pause between them and gives what came back until the connection closed. */
function talk(parts: readonly string[], pauseMs = 5): Promise<{ text: string; ms: number }> {
  return new Promise((resolve) => {
    const startedMs = performance.now();
    const socket = net.connect({ port: door.port, host: "127.0.0.1" });
    let text = "";
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve({ text, ms: performance.now() - startedMs }));
    void (async () => {
      for (const part of parts) {
        if (socket.destroyed) return;
        socket.write(Buffer.from(part, "latin1"));
        await new Promise((next) => setTimeout(next, pauseMs));
      }
    })();
  });
}
const statusOf = (text: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]);
const eventsOf = (endpointId: string) => prisma().event.count({ where: { endpointId } });

it.concurrent("cuts a sender that never finishes its headers after 15 s with 408", async () => {
  const { text, ms } = await talk(
    ["POST /in/x HTTP/1.1\r\nhost: a\r\n", ...Array.from({ length: 30 }, () => "x-slow: 1\r\n")],
    1_000,
  );
  expect(statusOf(text)).toBe(408);
  expect(ms).toBeLessThan(19_000);
}, 30_000);

it.concurrent("cuts a sender that never finishes its body after 30 s, and stores nothing", async () => {
  const endpoint = await makeEndpoint(actor);
  const { text, ms } = await talk(
    [
      `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n`,
      ...Array.from({ length: 40 }, () => "x"),
    ],
    1_000,
  );
  expect(statusOf(text)).toBe(408);
  expect(ms).toBeLessThan(35_000);
  expect(await eventsOf(endpoint.id)).toBe(0);
  await flushRecords();
  const row = await prisma().request.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  expect([row.reason, row.status]).toEqual(["too-slow", 408]);
}, 45_000);

it("takes chunks of one byte and their trailers", async () => {
  const endpoint = await makeEndpoint(actor);
  const { text } = await talk([
    `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`,
    "1\r\n{\r\n",
    "1\r\n}\r\n",
    "0\r\nx-trailer: 1\r\n\r\n",
  ]);
  expect(statusOf(text)).toBe(202);
  const { body } = await prisma().eventPayload.findFirstOrThrow({
    where: { workspaceId: actor.workspaceId },
    orderBy: { eventId: "desc" },
  });
  expect(Buffer.from(body).toString()).toBe("{}");
});

it("asks for the body only when it wants it", async () => {
  const endpoint = await makeEndpoint(actor, { settings: { bodyBytesMax: 10 } });
  const wanted = await talk(
    [
      `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\nexpect: 100-continue\r\ncontent-length: 2\r\n\r\n`,
      "{}",
    ],
    100,
  );
  expect(wanted.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202 /);
  const unwanted = await talk(
    [`POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\ncontent-length: 2000\r\n\r\n`],
    100,
  );
  expect(unwanted.text).toMatch(/^HTTP\/1\.1 413 /);
});

it.each([
  ["both lengths and chunks", "content-length: 2\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n"],
  ["two different lengths", "content-length: 2\r\ncontent-length: 3\r\n\r\n{}"],
  ["a chunk size that is none", "transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"],
  ["a folded header", "x-a: 1\r\n  folded\r\ncontent-length: 2\r\n\r\n{}"],
  ["a header without a name", ": 1\r\ncontent-length: 2\r\n\r\n{}"],
  ["NUL in a header", "x-a: \u0000\r\ncontent-length: 2\r\n\r\n{}"],
])("refuses %s with 400, closes, and stores nothing", async (_what, rest) => {
  const endpoint = await makeEndpoint(actor);
  const { text } = await talk([`POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\n${rest}`]);
  expect(statusOf(text)).toBe(400);
  expect(await eventsOf(endpoint.id)).toBe(0);
});

it("stores nothing of a body that breaks off", async () => {
  const endpoint = await makeEndpoint(actor);
  await new Promise<void>((resolve) => {
    const socket = net.connect({ port: door.port, host: "127.0.0.1" }, () => {
      socket.write(`POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nhalf`);
      setTimeout(() => socket.destroy(), 100);
    });
    socket.on("error", () => undefined);
    socket.on("close", () => resolve());
  });
  expect((await fetch(`${door.url}${endpoint.path}`, { method: "POST", body: "{}" })).status).toBe(202);
  expect(await eventsOf(endpoint.id)).toBe(1);
});

it("answers a body far above the limit before the sender has sent it all, without keeping it", async () => {
  const endpoint = await makeEndpoint(actor, { settings: { bodyBytesMax: 1_000 } });
  const mebibyte = "x".repeat(1_048_576);
  const { text } = await talk(
    [
      `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\ncontent-length: 20000000\r\n\r\n`,
      ...Array.from({ length: 4 }, () => mebibyte),
    ],
    1,
  );
  expect(statusOf(text)).toBe(413);
  expect(text).toContain("connection: close");
});

it("believes no forwarding header without a trusted proxy", async () => {
  const endpoint = await makeEndpoint(actor, { settings: { allowedAddresses: ["198.51.100.7"] } });
  const answer = await fetch(`${door.url}${endpoint.path}`, {
    method: "POST",
    body: "{}",
    headers: {
      "x-forwarded-for": "198.51.100.7",
      "x-hookline-client-ip": "198.51.100.7",
      forwarded: "for=198.51.100.7",
    },
  });
  expect(answer.status).toBe(403);
  expect(await answer.text()).toContain("127.0.0.1 is not on the list");
});
