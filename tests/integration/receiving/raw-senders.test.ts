import net from "node:net";
import { beforeAll, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { talk } from "#tests/support/talk.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const eventsOf = (endpointId: string) => prisma().event.count({ where: { endpointId } });

it("takes chunks of one byte and their trailers", async () => {
  const endpoint = await makeEndpoint(actor);
  const { status } = await talk(door.port, [
    `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n`,
    "1\r\n{\r\n",
    "1\r\n}\r\n",
    "0\r\nx-trailer: 1\r\n\r\n",
  ]);
  expect(status).toBe(202);
  const { body } = await prisma().eventPayload.findFirstOrThrow({
    where: { workspaceId: actor.workspaceId },
    orderBy: { eventId: "desc" },
  });
  expect(Buffer.from(body).toString()).toBe("{}");
});

it("asks for the body only when it wants it", async () => {
  const endpoint = await makeEndpoint(actor, { settings: { bodyBytesMax: 10 } });
  const wanted = await talk(
    door.port,
    [
      `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n` +
        `expect: 100-continue\r\ncontent-length: 2\r\n\r\n`,
      "{}",
    ],
    100,
  );
  expect(wanted.text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 202 /);
  const unwanted = await talk(
    door.port,
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
  const { status } = await talk(door.port, [`POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\n${rest}`]);
  expect(status).toBe(400);
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
  const { status, text } = await talk(
    door.port,
    [
      `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\ncontent-length: 20000000\r\n\r\n`,
      ...Array.from({ length: 4 }, () => mebibyte),
    ],
    1,
  );
  expect(status).toBe(413);
  expect(text).toContain("connection: close");
});

it("lets a sender that reads only once it has sent 20 MB read its answer", async () => {
  const endpoint = await makeEndpoint(actor, { settings: { bodyBytesMax: 1_000 } });
  const socket = net.connect({ port: door.port, host: "127.0.0.1" });
  socket.pause();
  let text = "";
  await new Promise<void>((resolve, reject) => {
    socket.on("error", reject).on("close", resolve);
    socket.on("data", (chunk) => (text += chunk.toString("latin1")));
    socket.pause();
    socket.write(`POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\ncontent-length: 20000000\r\n\r\n`);
    socket.write(Buffer.alloc(20_000_000, "x"), () => socket.resume());
  });
  expect(text).toMatch(/^HTTP\/1\.1 413 /);
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
