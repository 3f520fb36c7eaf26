import { beforeAll, expect, it } from "vitest";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { withClient } from "#lib/db/with-client.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { listIdsThatRan, postBody, SPLIT_LIST } from "#tests/support/split-lists.ts";

const database = useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const ownEndpoint = (settings: object = {}) => makeEndpoint(actor, { settings: { ...SPLIT_LIST, ...settings } });
const post = (path: string, body: unknown, contentType?: string) => postBody(`${door.url}${path}`, body, contentType);

it("releases more items than one statement takes", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  await pauseEndpoint(actor, endpoint.id);
  for (let n = 0; n < 4; n += 1)
    await post(
      endpoint.path,
      Array.from({ length: 3_000 }, (_, i) => ({ id: `${n}/${i}` })),
    );
  const { runs, events } = await resumeEndpoint(actor, endpoint.id);
  expect({ runs, events }).toEqual({ runs: 12_000, events: 4 });
  expect(new Set(await listIdsThatRan(endpoint.id)).size).toBe(12_000);
});

it("waits for a parked event that somebody else holds for a moment", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  await pauseEndpoint(actor, endpoint.id);
  const { event = "" } = await post(endpoint.path, [{ id: "a" }, { id: "b" }]);
  await post(endpoint.path, [{ id: "c" }]);
  let letGo: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (letGo = resolve));
  let isHeld: () => void = () => undefined;
  const holds = new Promise<void>((resolve) => (isHeld = resolve));
  const holding = prisma().$transaction(async (db) => {
    await db.$executeRaw`UPDATE event SET answer_ms = 1 WHERE id = ${event}::uuid`;
    isHeld();
    await held;
  });
  await holds;
  const resumed = resumeEndpoint(actor, endpoint.id);
  await expect.poll(async () => (await listIdsThatRan(endpoint.id)).length).toBe(1);
  letGo();
  await holding;
  expect(await resumed).toEqual({ runs: 3, events: 2 });
});

it("lets no other sender wait for a batch that is being stored, nor one whose endpoint must be looked up", async () => {
  const large = await ownEndpoint();
  for (let n = 0; n < 8; n += 1) await makeLiveFlow(actor, large.id);
  const others = await Promise.all(Array.from({ length: 20 }, () => makeEndpoint(actor)));
  let isStored = false;
  const batch = withClient(database.url, async (client) => {
    // Held for as long as the others take: the items of a batch cannot be written.
    await client.query("BEGIN");
    await client.query("LOCK TABLE event_item IN SHARE MODE");
    const answer = post(
      large.path,
      Array.from({ length: 1_000 }, (_, n) => ({ id: n })),
    ).finally(() => (isStored = true));
    await expect
      .poll(async () => {
        // Not by the connection that holds the lock: within a transaction it sees what it saw first.
        const rows = await prisma().$queryRaw<
          unknown[]
        >`SELECT FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%INSERT INTO event_item%'`;
        return rows.length;
      })
      .toBeGreaterThan(0);
    const answers = await Promise.all(others.map(({ path }) => post(path, { a: 1 })));
    expect(answers.map(({ status }) => status)).toEqual(others.map(() => 202));
    expect(isStored).toBe(false);
    await client.query("ROLLBACK");
    return answer;
  });
  expect((await batch).status).toBe(202);
  expect(new Set(await listIdsThatRan(large.id)).size).toBe(1_000);
});
