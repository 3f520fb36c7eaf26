import { beforeAll, expect, test } from "vitest";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { turnFlowOff } from "#lib/commands/flows/switch-flow.ts";
import { previewByHand } from "#lib/commands/runs/preview-by-hand.ts";
import { runByHand } from "#lib/commands/runs/run-by-hand.ts";
import { type Actor, ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { findVerification } from "#lib/db/events.ts";
import { prisma } from "#lib/db/prisma.ts";
import { findRun } from "#lib/db/runs.ts";
import { flushRecords } from "#lib/reception/record-request.ts";
import { actorOf, useCalledRuns } from "#tests/support/called-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import {
  eventsThatRan,
  listRunsOfFlow,
  liveCallingFlow,
  makeCallingFlow,
  makeTypedEndpoint,
  missedEvents,
  sendEvent,
} from "#tests/support/missed-events.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { insertFlowRows } from "#tests/support/run-rows.ts";
import { postBody, SPLIT_LIST } from "#tests/support/split-lists.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const event = (id: string) => ({ kind: "event", id }) as const;
const request = (id: string) => ({ kind: "request", id }) as const;

async function flowElsewhere(eventTypes: string[] = ["never"]): Promise<string> {
  return liveCallingFlow(actor, (await makeTypedEndpoint(actor)).id, eventTypes);
}

test("runs a stored event through a flow of another endpoint and other types, off or on, and does it", async () => {
  const rows = await insertFlowRows(flowOf([runs.post("far")]));
  const owner = actorOf(rows, "owner");
  const endpoint = await makeTypedEndpoint(owner);
  const eventId = await sendEvent(door, endpoint, { type: "order", n: 7 });
  await turnFlowOff(owner, rows.flowId);
  const preview = await previewByHand(owner, { flowId: rows.flowId, source: event(eventId) });
  expect(preview).toMatchObject({ version: 1, filter: null, steps: [{ id: "far", problem: null }] });
  expect(preview.steps[0]?.line).toContain("POST");
  expect(runs.hitsOf("far")).toEqual([]);
  const { runIds } = await runByHand(owner, { flowId: rows.flowId, source: event(eventId) });
  expect(runIds).toHaveLength(1);
  await workOnRun(runIds[0] ?? "");
  expect(runs.hitsOf("far").map(({ body }) => body)).toEqual(['{"type":"order","n":7}']);
  expect(await findRun(rows.workspaceId, runIds[0] ?? "")).toMatchObject({
    status: "succeeded",
    kind: "replay",
    replayOf: null,
    eventType: "order",
    endpointId: endpoint.id,
  });
  expect(
    await prisma().auditEntry.findFirst({ where: { workspaceId: rows.workspaceId, action: "run.byHand" } }),
  ).toMatchObject({ targetKind: "event", targetId: eventId });
});

test("lets the flow's filter decide, and says so before", async () => {
  const endpoint = await makeTypedEndpoint(actor);
  const definition = {
    ...{ schema: 1, runName: "", steps: [runs.post("large")] },
    trigger: { endpointId: endpoint.id, eventTypes: [], filter: "trigger.body.n > 5" },
  };
  const { id: flowId } = await createFlow(actor, { name: "Large ones", definition });
  await publishFlow(actor, flowId, { expectedVersion: 0 });
  const eventId = await sendEvent(door, await makeTypedEndpoint(actor), { n: 1 });
  const wish = { flowId, source: event(eventId) };
  expect(await previewByHand(actor, wish)).toMatchObject({ filter: "does not want it" });
  const { runIds } = await runByHand(actor, wish);
  await workOnRun(runIds[0] ?? "");
  expect(await findRun(actor.workspaceId, runIds[0] ?? "")).toMatchObject({ status: "filtered" });
});

test("runs each new item of a split event, or the one that is named", async () => {
  const endpoint = await makeTypedEndpoint(actor, SPLIT_LIST);
  await sendEvent(door, endpoint, [{ id: 1, type: "a" }]);
  const batch = await sendEvent(door, endpoint, [
    { id: 1, type: "a" },
    { id: 2, type: "b" },
    { id: 3, type: "c" },
  ]);
  const flowId = await flowElsewhere();
  await runByHand(actor, { flowId, source: event(batch), itemIndex: 2 });
  await runByHand(actor, { flowId, source: event(batch) });
  const pieces = (await listRunsOfFlow(flowId)).map(({ itemIndex, eventType }) => [itemIndex, eventType]);
  expect(pieces).toEqual([
    [2, "c"],
    [1, "b"],
    [2, "c"],
  ]);
  await expect(runByHand(actor, { flowId, source: event(batch), itemIndex: 0 })).rejects.toMatchObject({
    code: "item-repeated",
  });
  await expect(runByHand(actor, { flowId, source: event(batch), itemIndex: 3 })).rejects.toBeInstanceOf(NotFoundError);
});

test("runs a refused request for who may accept it: unverified, for one flow, and new if sent again", async () => {
  const endpoint = await makeEndpoint(actor, { provider: "github", secrets: ["right-secret"] });
  const listening = await makeCallingFlow(actor, endpoint.id);
  const flowId = await flowElsewhere();
  const headers = { "content-type": "application/json" };
  const answer = await fetch(`${door.url}${endpoint.path}`, { method: "POST", body: '{"n":1}', headers });
  expect(answer.status).toBe(401);
  await flushRecords();
  const refused = await prisma().request.findFirstOrThrow({ where: { endpointId: endpoint.id } });
  const wish = { flowId, source: request(refused.id) };
  const editor: Actor = { ...actor, role: "editor" };
  await expect(runByHand(editor, wish)).rejects.toBeInstanceOf(ForbiddenError);
  await expect(previewByHand(editor, wish)).rejects.toBeInstanceOf(ForbiddenError);
  const first = await runByHand(actor, wish);
  const second = await runByHand(actor, wish);
  expect(second.eventId).toBe(first.eventId);
  expect(await eventsThatRan(flowId)).toEqual([first.eventId, first.eventId]);
  expect(await findVerification(actor.workspaceId, first.eventId)).toBe("not verified");
  const made = await prisma().event.findMany({ where: { endpointId: endpoint.id } });
  expect(made).toMatchObject([{ id: first.eventId, verification: "not verified", dedupeKey: `by-hand:${refused.id}` }]);
  expect(await prisma().request.findUniqueOrThrow({ where: { id: refused.id } })).toMatchObject({ eventId: null });
  // Whoever listens here was not asked for it.
  await publishFlow(actor, listening, { expectedVersion: 0 });
  expect(await missedEvents(actor, listening)).toEqual([]);
});

test("runs what a repeat repeats", async () => {
  const endpoint = await makeTypedEndpoint(actor, { dedupe: { kind: "source", source: { from: "body", path: "n" } } });
  const first = await sendEvent(door, endpoint, { n: 1 });
  expect(await postBody(`${door.url}${endpoint.path}`, { n: 1 })).toMatchObject({ duplicate: true });
  await flushRecords();
  const repeat = await prisma().request.findFirstOrThrow({ where: { endpointId: endpoint.id, verdict: "duplicate" } });
  const flowId = await flowElsewhere();
  expect(await runByHand({ ...actor, role: "editor" }, { flowId, source: request(repeat.id) })).toMatchObject({
    eventId: first,
  });
});

test("refuses what is another workspace's, unpublished or past retention, and who may not", async () => {
  const endpoint = await makeTypedEndpoint(actor);
  const eventId = await sendEvent(door, endpoint, { n: 1 });
  const flowId = await flowElsewhere();
  const theirs = await makeWorkspace("Other");
  const theirEndpoint = await makeTypedEndpoint(theirs);
  const theirFlow = await liveCallingFlow(theirs, theirEndpoint.id);
  const theirEvent = await sendEvent(door, theirEndpoint, { n: 1 });
  for (const wish of [
    { flowId: theirFlow, source: event(eventId) },
    { flowId, source: event(theirEvent) },
    { flowId: newId(), source: event(eventId) },
    { flowId, source: event(newId()) },
    { flowId, source: request(eventId) },
  ]) {
    await expect(runByHand(actor, wish)).rejects.toBeInstanceOf(NotFoundError);
    await expect(previewByHand(actor, wish)).rejects.toBeInstanceOf(NotFoundError);
  }
  expect(await eventsThatRan(theirFlow)).toEqual([theirEvent]);
  const draft = await makeCallingFlow(actor, endpoint.id);
  await expect(runByHand(actor, { flowId: draft, source: event(eventId) })).rejects.toMatchObject({
    code: "never-published",
  });
  await expect(runByHand({ ...actor, role: "viewer" }, { flowId, source: event(eventId) })).rejects.toBeInstanceOf(
    ForbiddenError,
  );
  await prisma().eventPayload.deleteMany({ where: { eventId } });
  await expect(runByHand(actor, { flowId, source: event(eventId) })).rejects.toBeInstanceOf(ConflictError);
});
