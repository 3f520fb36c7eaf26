import { afterAll, beforeAll, expect, it } from "vitest";
import { prisma } from "#lib/db/prisma.ts";
import { type CutProxy, openCutProxy } from "#tests/support/cut-proxy.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

const database = useTestDatabase();
let proxy: CutProxy;
beforeAll(async () => {
  const url = new URL(database.url);
  proxy = await openCutProxy({ host: url.hostname, port: Number(url.port) });
  url.port = String(proxy.port);
  process.env.DATABASE_URL = url.href;
});
const door = useFastDoor();
afterAll(async () => {
  proxy.heal();
  await proxy.close();
});

const settings = { dedupe: { kind: "source", source: { from: "header", name: "x-id" } } };
const send = async (path: string, id: string) => {
  const startedMs = performance.now();
  const answer = await fetch(`${door.url}${path}`, { method: "POST", body: "{}", headers: { "x-id": id } });
  await answer.text();
  return { status: answer.status, retryAfter: answer.headers.get("retry-after"), ms: performance.now() - startedMs };
};

it("answers 503 with Retry-After within a second while the database is gone, and heals by itself", async () => {
  const endpoint = await makeEndpoint(await makeWorkspace(), { settings });
  await makeLiveFlow({ ...(await ownerOf(endpoint.id)) }, endpoint.id);
  expect((await send(endpoint.path, "before")).status).toBe(202);

  proxy.cut();
  for (let n = 0; n < 20; n += 1) {
    const answer = await send(endpoint.path, `down-${n}`);
    expect(answer.status).toBe(503);
    expect(Number(answer.retryAfter)).toBeGreaterThan(0);
    expect(answer.ms).toBeLessThan(1_000);
  }

  proxy.heal();
  const untilMs = performance.now() + 5_000;
  let status = 0;
  while (status !== 202 && performance.now() < untilMs) status = (await send(endpoint.path, "after")).status;
  expect(status).toBe(202);
  const events = await prisma().event.findMany({ where: { endpointId: endpoint.id } });
  expect(events.map((event) => event.dedupeKey).sort()).toEqual(["id:after", "id:before"]);
  expect(await prisma().run.count({ where: { endpointId: endpoint.id } })).toBe(2);
});

it("acknowledges nothing that is not stored when connections are cut under load", async () => {
  const endpoint = await makeEndpoint(await makeWorkspace(), { settings });
  const acknowledged: string[] = [];
  let stop = false;
  const senders = Array.from({ length: 16 }, async (_, sender) => {
    for (let n = 0; !stop; n += 1)
      if ((await send(endpoint.path, `${sender}-${n}`)).status === 202) acknowledged.push(`id:${sender}-${n}`);
  });
  for (let cuts = 0; cuts < 5; cuts += 1) {
    await new Promise((resolve) => setTimeout(resolve, 150));
    proxy.cut();
    await new Promise((resolve) => setTimeout(resolve, 50));
    proxy.heal();
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  stop = true;
  await Promise.all(senders);
  const stored = new Set(
    (await prisma().event.findMany({ where: { endpointId: endpoint.id }, select: { dedupeKey: true } })).map(
      (event) => event.dedupeKey,
    ),
  );
  expect(acknowledged.length).toBeGreaterThan(20);
  expect(acknowledged.filter((key) => !stored.has(key))).toEqual([]);
});

it("answers within 5 s while the database hangs, and takes events again once it answers", async () => {
  const endpoint = await makeEndpoint(await makeWorkspace(), { settings });
  expect((await send(endpoint.path, "warm")).status).toBe(202);
  proxy.freeze();
  const answers = await Promise.all(Array.from({ length: 10 }, (_, n) => send(endpoint.path, `hung-${n}`)));
  for (const answer of answers) {
    expect(answer.status).toBe(503);
    expect(answer.ms).toBeLessThan(5_500);
  }
  proxy.heal();
  const untilMs = performance.now() + 8_000;
  let status = 0;
  while (status !== 202 && performance.now() < untilMs) status = (await send(endpoint.path, "again")).status;
  expect(status).toBe(202);
}, 30_000);

async function ownerOf(endpointId: string) {
  const { workspaceId } = await prisma().endpoint.findUniqueOrThrow({ where: { id: endpointId } });
  return { kind: "system", id: "test", workspaceId: workspaceId as never, role: "owner" } as const;
}
