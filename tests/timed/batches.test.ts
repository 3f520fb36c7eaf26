import { beforeAll, expect, it } from "vitest";
import type { Actor } from "#lib/core/actor.ts";
import { prisma } from "#lib/db/prisma.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { postBody, SPLIT_LIST } from "#tests/support/split-lists.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

it("takes a batch of 1,000 items in well under a second and one of 10,000 within the statement's time", async () => {
  const endpoint = await makeEndpoint(actor, { settings: { ...SPLIT_LIST } });
  await makeLiveFlow(actor, endpoint.id);
  const many = (count: number) =>
    Array.from({ length: count }, (_, n) => ({ id: `${count}/${n}`, type: "t", text: "x".repeat(40) }));
  const timed = async (count: number) => {
    const began = performance.now();
    expect((await postBody(`${door.url}${endpoint.path}`, many(count))).status).toBe(202);
    return performance.now() - began;
  };
  await timed(10);
  const [thousand, tenThousand] = [await timed(1_000), await timed(10_000)];
  expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(11_010);
  expect(thousand).toBeLessThan(1_500);
  expect(tenThousand).toBeLessThan(4_000);
});
