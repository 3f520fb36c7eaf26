import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { beforeAll, expect, it } from "vitest";
import { acceptRefusedRequest } from "#lib/commands/accept-refused-request.ts";
import { pauseEndpoint } from "#lib/commands/pause-endpoint.ts";
import { readSample } from "#lib/commands/read-sample.ts";
import { readTrigger, withOwnBody } from "#lib/commands/read-trigger.ts";
import { flushRecords } from "#lib/commands/record-request.ts";
import { replayRun } from "#lib/commands/replay-run.ts";
import { resumeEndpoint } from "#lib/commands/resume-endpoint.ts";
import { toBatch } from "#lib/commands/to-batch.ts";
import type { Actor } from "#lib/core/actor.ts";
import { newId } from "#lib/core/ids.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { acceptBatches } from "#lib/db/accept-batches.ts";
import type { NewEvent } from "#lib/db/accept-events.ts";
import { claimRun } from "#lib/db/claims.ts";
import { listSeenEventTypes } from "#lib/db/flow-samples.ts";
import { prisma } from "#lib/db/prisma.ts";
import { releaseParkedEvents } from "#lib/db/release-parked.ts";
import { findRun } from "#lib/db/runs.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { listJobPayloads, makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

const SEED = 20_261_123;

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const SPLIT = { split: { kind: "path", path: "" }, dedupe: { kind: "source", source: { from: "body", path: "id" } } } as const;
const ownEndpoint = (settings: object = {}) =>
  makeEndpoint(actor, { settings: { ...SPLIT, eventType: { from: "body", path: "type" }, ...settings } });
const post = async (path: string, body: unknown, contentType = "application/json") => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(`${door.url}${path}`, { method: "POST", body: text, headers: { "content-type": contentType } });
  return { status: answer.status, ...((await answer.json()) as { event?: string; duplicate?: boolean }) };
};
const runsOf = (endpointId: string) =>
  prisma().run.findMany({ where: { endpointId }, orderBy: [{ eventId: "asc" }, { itemIndex: "asc" }] });
const eventsOf = (endpointId: string) => prisma().event.findMany({ where: { endpointId }, orderBy: { id: "asc" } });
/** The ids of the items that have a run, one for each run. */
const idsThatRan = async (endpointId: string) => {
  const items = await prisma().eventItem.findMany({ where: { endpointId } });
  const ids = new Map(items.map((item) => [`${item.eventId}/${item.itemIndex}`, item.deliveryId]));
  return (await runsOf(endpointId)).map((run) => ids.get(`${run.eventId}/${run.itemIndex}`));
};
const triggerOf = async (runId: string): Promise<JsonObject> => {
  const run = await claimRun({ runId, leaseToken: randomUUID(), poolId: "test" });
  if (run?.event == null) throw new Error("no run to take");
  return readTrigger(withOwnBody(run.event, run.ownBody), { rawBody: true, exact: true, files: false, cloudEvent: true });
};

it("runs every item exactly once, however its batches are regrouped, repeated or sent at once", async () => {
  const batch = fc.array(fc.integer({ min: 0, max: 11 }), { minLength: 1, maxLength: 8 });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(batch, { minLength: 1, maxLength: 4 }), { minLength: 2, maxLength: 3 }), async (rounds) => {
      const endpoint = await ownEndpoint();
      await makeLiveFlow(actor, endpoint.id);
      for (const together of rounds) {
        const answers = await Promise.all(
          together.map((ids, n) =>
            post(
              endpoint.path,
              ids.map((id) => ({ id, attempt: n })),
            ),
          ),
        );
        expect(answers.every(({ status }) => status === 202)).toBe(true);
      }
      const sent = new Set(rounds.flat(2).map(String));
      expect((await idsThatRan(endpoint.id)).toSorted()).toEqual([...sent].toSorted());
      const items = await prisma().eventItem.count({ where: { endpointId: endpoint.id } });
      expect(items).toBe(rounds.flat(2).length);
    }),
    { seed: SEED, numRuns: 40 },
  );
  const jobs = (await listJobPayloads()).map((job) => job.runId);
  expect(new Set(jobs).size).toBe(jobs.length);
  expect(await prisma().run.count()).toBe(jobs.length);
});

it("lets two transactions with the same items in opposite orders both end, each item once", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  const ids = Array.from({ length: 60 }, (_, n) => `item-${n}`);
  const outcomes = await Promise.all(
    Array.from({ length: 30 }, (_, n) =>
      acceptBatches([batch(endpoint.id, n % 2 === 0 ? ids : ids.toReversed()), batch(endpoint.id, ids.slice(n, n + 20))]),
    ),
  );
  expect(outcomes.flat().every((outcome) => outcome.kind === "stored")).toBe(true);
  expect((await idsThatRan(endpoint.id)).toSorted()).toEqual(ids.toSorted());
  const verdicts = (await eventsOf(endpoint.id)).map((event) => event.verdict);
  expect(verdicts.filter((verdict) => verdict === "accepted").length).toBeLessThanOrEqual(2);
  expect(verdicts.every((verdict) => verdict === "accepted" || verdict === "duplicate")).toBe(true);
});

it("takes an item for a repeat only inside its window where the sender means it when it comes again", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  const at = (time: string) => [batch(endpoint.id, ["alert"], { windowSeconds: 3_600, receivedAt: new Date(time) })];
  const verdictAt = async (time: string) => (await acceptBatches(at(time)))[0];
  expect(await verdictAt("2026-11-23T10:50:00Z")).toMatchObject({ verdict: "accepted" });
  expect(await verdictAt("2026-11-23T10:55:00Z")).toMatchObject({ verdict: "duplicate" });
  expect(await verdictAt("2026-11-23T11:20:00Z")).toMatchObject({ verdict: "duplicate" });
  expect(await verdictAt("2026-11-23T11:51:00Z")).toMatchObject({ verdict: "accepted" });
});

it("gives each run its item's exact text, type, id and place", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  await post(`${endpoint.path}?q=1`, '[ {"id": 9007199254740993, "type":"a"} , {"id":9007199254740992,"type":"b","x":1.10}]');
  const [first, second] = await runsOf(endpoint.id);
  expect(await triggerOf(first?.id ?? "")).toMatchObject({
    rawBody: '{"id": 9007199254740993, "type":"a"}',
    body: { type: "a" },
    eventType: "a",
    deliveryId: "9007199254740993",
    item: { index: 0, count: 2 },
    query: { q: "1" },
  });
  expect(await triggerOf(second?.id ?? "")).toMatchObject({
    rawBody: '{"id":9007199254740992,"type":"b","x":1.10}',
    eventType: "b",
    item: { index: 1, count: 2 },
  });
  const payload = await prisma().eventPayload.findFirstOrThrow({ where: { eventId: first?.eventId ?? "" } });
  expect(Buffer.from(payload.body).toString()).toBe(
    '[ {"id": 9007199254740993, "type":"a"} , {"id":9007199254740992,"type":"b","x":1.10}]',
  );
});

it("splits a batch that is sent compressed, and keeps it as it was sent", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  const body = gzipSync('[{"id":"x"},{"id":"y"}]');
  const answer = await fetch(`${door.url}${endpoint.path}`, {
    method: "POST",
    body,
    headers: { "content-type": "application/json", "content-encoding": "gzip" },
  });
  expect(answer.status).toBe(202);
  const runs = await runsOf(endpoint.id);
  expect(await triggerOf(runs[1]?.id ?? "")).toMatchObject({ body: { id: "y" }, rawBody: '{"id":"y"}', item: { index: 1, count: 2 } });
  const payload = await prisma().eventPayload.findFirstOrThrow({ where: { eventId: runs[0]?.eventId ?? "" } });
  expect(Buffer.from(payload.body).equals(body)).toBe(true);
});

it("shows a run the CloudEvent that its item is", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "cloudevents", settings: { split: { kind: "preset" } } });
  await makeLiveFlow(actor, endpoint.id);
  const one = { specversion: "1.0", id: "1", source: "/s", type: "made", data: { n: 1 } };
  await post(endpoint.path, [one, { ...one, id: "2" }], "application/cloudevents-batch+json");
  const second = (await runsOf(endpoint.id))[1];
  expect(await triggerOf(second?.id ?? "")).toMatchObject({
    body: { id: "2" },
    cloudEvent: { mode: "structured", attributes: { id: "2" }, data: { n: 1 } },
  });
});

it("starts a flow only for the items whose type it wants, and none when it wants none", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id, ["mail.bounced"]);
  await makeLiveFlow(actor, endpoint.id, ["mail"]);
  await post(endpoint.path, [
    { id: 1, type: "mail.bounced" },
    { id: 2, type: "mail.opened" },
    { id: 3, type: "list" },
  ]);
  expect((await runsOf(endpoint.id)).map((run) => [run.itemIndex, run.eventType])).toEqual([
    [0, "mail.bounced"],
    [0, "mail.bounced"],
    [1, "mail.opened"],
  ]);
  await post(endpoint.path, [{ id: 4, type: "list" }]);
  expect((await eventsOf(endpoint.id)).map((event) => event.verdict)).toEqual(["accepted", "no flow"]);
});

it("keeps what it cannot split whole, and an empty batch without a run, with a check that says so", async () => {
  const endpoint = await ownEndpoint({ split: { kind: "path", path: "rows" } });
  await makeLiveFlow(actor, endpoint.id);
  await post(endpoint.path, { rows: [] });
  await post(endpoint.path, { other: 1 });
  await post(endpoint.path, { rows: Array.from({ length: 10_001 }, () => 0) });
  await post(endpoint.path, "<rows/>", "application/xml");
  expect((await eventsOf(endpoint.id)).map((event) => [event.verdict, event.itemCount])).toEqual([
    ["no flow", 0],
    ["accepted", null],
    ["accepted", null],
    ["accepted", null],
  ]);
  expect((await runsOf(endpoint.id)).map((run) => run.itemIndex)).toEqual([null, null, null]);
  const payloads = await prisma().eventPayload.findMany({
    where: { eventId: { in: (await eventsOf(endpoint.id)).map((event) => event.id) } },
    orderBy: { eventId: "asc" },
  });
  expect(
    payloads.map(
      (payload) => (JSON.parse(payload.checks) as { id: string; message: string }[]).find((check) => check.id === "split")?.message,
    ),
  ).toEqual([
    "An empty batch: nothing in it to run.",
    "Nothing to split: there is no list at rows. Kept and run as one event.",
    "It holds 10,001 items, more than the 10,000 that can be split. Kept and run as one event.",
    "Its body cannot be read as JSON or as a form, or is over 1 MB. Kept and run as one event.",
  ]);
});

it("knows items without an id by their place in their delivery", async () => {
  const endpoint = await makeEndpoint(actor, {
    settings: { split: { kind: "path", path: "" }, dedupe: { kind: "source", source: { from: "header", name: "x-delivery" } } },
  });
  await makeLiveFlow(actor, endpoint.id);
  const deliver = (id: string) =>
    fetch(`${door.url}${endpoint.path}`, { method: "POST", body: "[1,1,2]", headers: { "x-delivery": id } }).then(
      (answer) => answer.status,
    );
  expect([await deliver("a"), await deliver("a"), await deliver("b")]).toEqual([202, 200, 202]);
  expect(await runsOf(endpoint.id)).toHaveLength(6);
});

it("parks a batch and gives each of its new items one run on resume, however often that is asked", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id, ["a"]);
  await post(endpoint.path, [{ id: 1, type: "a" }]);
  await pauseEndpoint(actor, endpoint.id);
  await post(endpoint.path, [
    { id: 1, type: "a" },
    { id: 2, type: "a" },
    { id: 2, type: "a" },
    { id: 3, type: "b" },
  ]);
  await post(endpoint.path, [{ id: 2, type: "a" }]);
  await post(endpoint.path, [{ id: 4, type: "b" }]);
  await post(endpoint.path, []);
  expect((await eventsOf(endpoint.id)).map((event) => event.verdict)).toEqual(["accepted", "parked", "duplicate", "parked", "no flow"]);
  const released = await Promise.all([resumeEndpoint(actor, endpoint.id), releaseParkedEvents(endpoint.id), releaseParkedEvents()]);
  expect(released.reduce((sum, { runs }) => sum + runs, 0)).toBe(1);
  expect((await eventsOf(endpoint.id)).map((event) => event.verdict)).toEqual(["accepted", "accepted", "duplicate", "no flow", "no flow"]);
  expect(await idsThatRan(endpoint.id)).toEqual(["1", "2"]);
  const runs = await runsOf(endpoint.id);
  expect(await triggerOf(runs[1]?.id ?? "")).toMatchObject({ body: { id: 2 }, item: { index: 1, count: 4 } });
});

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
  expect(new Set(await idsThatRan(endpoint.id)).size).toBe(12_000);
});

it("replays the item, with the text it had or another, and never the whole batch", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  await post(endpoint.path, '[{"id":1},{"id":2.50}]');
  const second = (await runsOf(endpoint.id))[1];
  const again = await replayRun(actor, { runId: second?.id ?? "", version: "original" });
  expect(await triggerOf(again.runId)).toMatchObject({ rawBody: '{"id":2.50}', item: { index: 1, count: 2 } });
  const edited = await replayRun(actor, { runId: again.runId, version: "original", body: '{"id":3}' });
  expect(await triggerOf(edited.runId)).toMatchObject({ body: { id: 3 }, item: { index: 1, count: 2 } });
  expect(await findRun(actor.workspaceId, again.runId)).toMatchObject({ item: { index: 1, count: 2 }, hasOwnBody: false });
  expect(await findRun(actor.workspaceId, edited.runId)).toMatchObject({ item: { index: 1, count: 2 }, hasOwnBody: true });
  await prisma().stepData.deleteMany({ where: { runId: second?.eventId ?? "" } });
  const gone = await replayRun(actor, { runId: second?.id ?? "", version: "original" });
  expect(await claimRun({ runId: gone.runId, leaseToken: randomUUID(), poolId: "test" })).toMatchObject({ event: null });
});

it("splits a refused request that a person accepts", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "hubspot", secrets: ["right"], settings: { split: { kind: "preset" } } });
  await makeLiveFlow(actor, endpoint.id);
  const answer = await fetch(`${door.url}${endpoint.path}`, {
    method: "POST",
    body: JSON.stringify([
      { eventId: 1, objectId: 1 },
      { eventId: 2, objectId: 1 },
    ]),
    headers: { "content-type": "application/json" },
  });
  expect(answer.status).toBe(401);
  await flushRecords();
  const request = await prisma().request.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  const { eventId } = await acceptRefusedRequest(actor, endpoint.id, request.id);
  expect(await prisma().run.findMany({ where: { eventId }, orderBy: { itemIndex: "asc" } })).toMatchObject([
    { itemIndex: 0 },
    { itemIndex: 1 },
  ]);
});

it("counts the types of items among those an endpoint has seen", async () => {
  const endpoint = await ownEndpoint();
  await post(endpoint.path, [
    { id: 1, type: "a" },
    { id: 2, type: "b" },
    { id: 3, type: "b" },
  ]);
  await post(endpoint.path, { id: 4, type: "c" });
  expect(await listSeenEventTypes(actor.workspaceId, endpoint.id)).toEqual([
    { eventType: "b", count: 2 },
    { eventType: "a", count: 1 },
    { eventType: "c", count: 1 },
  ]);
});

it("shows the builder the first item where a run would see an item", async () => {
  const endpoint = await ownEndpoint();
  const { event = "" } = await post(endpoint.path, [
    { id: 1, type: "a" },
    { id: 2, type: "b" },
  ]);
  const sample = { kind: "event", eventId: event } as const;
  expect(
    await readSample(actor.workspaceId, sample, { trigger: { endpointId: endpoint.id, eventTypes: [], filter: null } }, new Date()),
  ).toMatchObject({
    body: { id: 1 },
    eventType: "a",
    deliveryId: "1",
    item: { index: 0, count: 2 },
  });
  const whole = await readSample(actor.workspaceId, sample, { trigger: { endpointId: null, eventTypes: [], filter: null } }, new Date());
  expect(whole).toMatchObject({ body: [{ id: 1 }, { id: 2 }] });
  expect(whole).not.toHaveProperty("item");
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
  const many = (count: number) => Array.from({ length: count }, (_, n) => ({ id: `${count}/${n}`, type: "t", text: "x".repeat(40) }));
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

function batch(
  endpointId: string,
  ids: readonly string[],
  { windowSeconds = null, receivedAt = new Date() }: { windowSeconds?: number | null; receivedAt?: Date } = {},
) {
  const id = newId();
  const event: NewEvent = {
    id,
    workspaceId: actor.workspaceId,
    endpointId,
    dedupeKey: `event:${id}`,
    earlierKey: null,
    windowStart: null,
    deliveryId: null,
    eventType: null,
    verification: "not configured",
    method: "POST",
    contentType: "application/json",
    body: new Uint8Array([1]),
    bodySha256: new Uint8Array(32),
    clientIp: null,
    receivedAt,
    path: "/in/x",
    query: "",
    headers: "[]",
    checks: "[]",
  };
  return toBatch(
    event,
    ids.map((key, index) => ({ index, json: "1", eventType: null, deliveryId: key, key, windowSeconds })),
  );
}
