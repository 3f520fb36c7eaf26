import { beforeAll, expect, it } from "vitest";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { listIdsThatRan, postBody, SPLIT_LIST } from "#tests/support/split-lists.ts";

useTestDatabase();
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

it("lets no other sender wait for a large batch, nor one whose endpoint must be looked up", async () => {
  const large = await ownEndpoint();
  for (let n = 0; n < 8; n += 1) await makeLiveFlow(actor, large.id);
  const others = await Promise.all(Array.from({ length: 20 }, () => makeEndpoint(actor)));
  const began = performance.now();
  const batch = post(
    large.path,
    Array.from({ length: 10_000 }, (_, n) => ({ id: n })),
  ).then((answer) => ({ ...answer, ms: performance.now() - began }));
  await expect
    .poll(
      async () =>
        (
          await prisma().$queryRaw<
            unknown[]
          >`SELECT FROM pg_stat_activity WHERE query LIKE '%INSERT INTO event_item%' AND pid <> pg_backend_pid() AND state = 'active'`
        ).length,
      { interval: 5, timeout: 5_000 },
    )
    .toBeGreaterThan(0);
  const single = async (path: string) => {
    const sentAt = performance.now();
    const { status } = await post(path, { a: 1 });
    return { status, ms: performance.now() - sentAt };
  };
  const answers = await Promise.all(others.map(({ path }) => single(path)));
  const slowest = Math.max(...answers.map(({ ms }) => ms));
  const singlesAfterMs = performance.now() - began;
  expect(answers.every(({ status }) => status === 202)).toBe(true);
  const { status, ms } = await batch;
  expect(status).toBe(202);
  expect(singlesAfterMs).toBeLessThan(ms);
  expect(slowest).toBeLessThan(2_000);
});

it("takes a batch of 1,000 items in well under a second and one of 10,000 within the statement's time", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `${count}/${n}`, type: "t", text: "x".repeat(40) }));
  const timed = async (count: number) => {
    const began = performance.now();
    expect((await post(endpoint.path, many(count))).status).toBe(202);
    return performance.now() - began;
  };
  await timed(10);
  const [thousand, tenThousand] = [await timed(1_000), await timed(10_000)];
  expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(11_010);
  expect(thousand).toBeLessThan(1_500);
  expect(tenThousand).toBeLessThan(4_000);
});
