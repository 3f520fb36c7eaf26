import { beforeAll, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
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

it.concurrent("cuts a sender that never finishes its headers after 15 s with 408", async () => {
  const { status, ms } = await talk(
    door.port,
    ["POST /in/x HTTP/1.1\r\nhost: a\r\n", ...Array.from({ length: 30 }, () => "x-slow: 1\r\n")],
    1_000,
  );
  expect(status).toBe(408);
  expect(ms).toBeLessThan(19_000);
}, 30_000);

it.concurrent("cuts a sender that never finishes its body after 30 s, and stores nothing", async () => {
  const endpoint = await makeEndpoint(actor);
  const { status, ms } = await talk(
    door.port,
    [
      `POST ${endpoint.path} HTTP/1.1\r\nhost: a\r\ncontent-length: 1000\r\n\r\n`,
      ...Array.from({ length: 40 }, () => "x"),
    ],
    1_000,
  );
  expect(status).toBe(408);
  expect(ms).toBeLessThan(35_000);
  expect(await eventsOf(endpoint.id)).toBe(0);
  await flushRecords();
  const row = await prisma().request.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  expect([row.reason, row.status]).toEqual(["too-slow", 408]);
}, 45_000);
