import { randomUUID } from "node:crypto";
import { gzipSync } from "node:zlib";
import { beforeAll, expect, it } from "vitest";
import { acceptRefusedRequest } from "#lib/commands/requests/accept-refused-request.ts";
import { replayRun } from "#lib/commands/runs/replay-run.ts";
import type { Actor } from "#lib/core/actor.ts";
import type { JsonObject } from "#lib/core/json.ts";
import { readWritten } from "#lib/core/json-text.ts";
import { listSeenEventTypes } from "#lib/db/flow-samples.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findRun } from "#lib/db/runs.ts";
import { readSample } from "#lib/preview/read-sample.ts";
import { readTrigger, withOwnBody } from "#lib/preview/read-trigger.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { claimFreeRun } from "#tests/support/claim-free-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeLiveFlow, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { listItemRuns, postBody, SPLIT_LIST } from "#tests/support/split-lists.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const ownEndpoint = (settings: object = {}) => makeEndpoint(actor, { settings: { ...SPLIT_LIST, ...settings } });
const post = (path: string, body: unknown, contentType?: string) => postBody(`${door.url}${path}`, body, contentType);
const triggerOf = async (runId: string): Promise<JsonObject> => {
  const run = await claimFreeRun({ runId, leaseToken: randomUUID(), poolId: "test" });
  if (run?.event == null) throw new Error("no run to take");
  const trigger = await readTrigger(withOwnBody(run.event, run.ownBody), {
    rawBody: true,
    exact: true,
    files: false,
    cloudEvent: true,
  });
  return readWritten(trigger) as JsonObject;
};

it("gives each run its item's exact text, type, id and place", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  await post(
    `${endpoint.path}?q=1`,
    '[ {"id": 9007199254740993, "type":"a"} , {"id":9007199254740992,"type":"b","x":1.10}]',
  );
  const [first, second] = await listItemRuns(endpoint.id);
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
  const runs = await listItemRuns(endpoint.id);
  expect(await triggerOf(runs[1]?.id ?? "")).toMatchObject({
    body: { id: "y" },
    rawBody: '{"id":"y"}',
    item: { index: 1, count: 2 },
  });
  const payload = await prisma().eventPayload.findFirstOrThrow({ where: { eventId: runs[0]?.eventId ?? "" } });
  expect(Buffer.from(payload.body).equals(body)).toBe(true);
});

it("shows a run the CloudEvent that its item is", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "cloudevents", settings: { split: { kind: "preset" } } });
  await makeLiveFlow(actor, endpoint.id);
  const one = { specversion: "1.0", id: "1", source: "/s", type: "made", data: { n: 1 } };
  await post(endpoint.path, [one, { ...one, id: "2" }], "application/cloudevents-batch+json");
  const second = (await listItemRuns(endpoint.id))[1];
  expect(await triggerOf(second?.id ?? "")).toMatchObject({
    body: { id: "2" },
    cloudEvent: { mode: "structured", attributes: { id: "2" }, data: { n: 1 } },
  });
});

it("replays the item, with the text it had or another, and never the whole batch", async () => {
  const endpoint = await ownEndpoint();
  await makeLiveFlow(actor, endpoint.id);
  await post(endpoint.path, '[{"id":1},{"id":2.50}]');
  const second = (await listItemRuns(endpoint.id))[1];
  const again = await replayRun(actor, { runId: second?.id ?? "", version: "original" });
  expect(await triggerOf(again.runId)).toMatchObject({ rawBody: '{"id":2.50}', item: { index: 1, count: 2 } });
  const edited = await replayRun(actor, { runId: again.runId, version: "original", body: '{"id":3}' });
  expect(await triggerOf(edited.runId)).toMatchObject({ body: { id: 3 }, item: { index: 1, count: 2 } });
  expect(await findRun(actor.workspaceId, again.runId)).toMatchObject({
    item: { index: 1, count: 2 },
    hasOwnBody: false,
  });
  expect(await findRun(actor.workspaceId, edited.runId)).toMatchObject({
    item: { index: 1, count: 2 },
    hasOwnBody: true,
  });
  await prisma().stepData.deleteMany({ where: { runId: second?.eventId ?? "" } });
  const gone = await replayRun(actor, { runId: second?.id ?? "", version: "original" });
  expect(await claimFreeRun({ runId: gone.runId, leaseToken: randomUUID(), poolId: "test" })).toMatchObject({
    event: null,
  });
});

it("splits a refused request that a person accepts", async () => {
  const endpoint = await makeEndpoint(actor, {
    provider: "hubspot",
    secrets: ["right"],
    settings: { split: { kind: "preset" } },
  });
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
  const first = await readSample(
    actor.workspaceId,
    sample,
    { trigger: { endpointId: endpoint.id, eventTypes: [], filter: null } },
    new Date(),
  );
  expect(readWritten(first)).toMatchObject({
    body: { id: 1 },
    eventType: "a",
    deliveryId: "1",
    item: { index: 0, count: 2 },
  });
  const whole = await readSample(
    actor.workspaceId,
    sample,
    { trigger: { endpointId: null, eventTypes: [], filter: null } },
    new Date(),
  );
  expect(readWritten(whole)).toMatchObject({ body: [{ id: 1 }, { id: 2 }] });
  expect(whole).not.toHaveProperty("item");
});
