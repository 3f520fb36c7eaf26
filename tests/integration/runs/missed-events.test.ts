import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { deleteFlow, restoreFlow } from "#lib/commands/flows/delete-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { listMissed, readMissed } from "#lib/commands/flows/read-missed.ts";
import { startCatchUp } from "#lib/commands/flows/start-catch-up.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import type { Actor } from "#lib/core/actor.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { closeSandbox } from "#lib/sandbox/sandbox.ts";
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
import { makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { SPLIT_LIST } from "#tests/support/split-lists.ts";

useTestDatabase();
afterAll(closeSandbox);
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const own = (settings?: object) => makeTypedEndpoint(actor, settings);
const send = (endpoint: { path: string }, body: unknown) => sendEvent(door, endpoint, body);
const liveFlow = (endpointId: string, eventTypes?: string[]) => liveCallingFlow(actor, endpointId, eventTypes);
const missedIds = (flowId: string) => missedEvents(actor, flowId);

describe("what a flow missed", () => {
  test("is what came while it was off and its trigger wants, whoever else took it, and nothing else", async () => {
    const endpoint = await own();
    const other = await liveFlow(endpoint.id);
    const flowId = await liveFlow(endpoint.id, ["order"]);
    const before = await send(endpoint, { type: "order.paid", n: 0 });
    await turnFlowOff(actor, flowId);
    const first = await send(endpoint, { type: "order.paid", n: 1 });
    await send(endpoint, { type: "invoice", n: 2 });
    const second = await send(endpoint, { type: "order", n: 3 });
    const gone = await send(endpoint, { type: "order", n: 4 });
    await prisma().eventPayload.deleteMany({ where: { eventId: gone } });
    expect(await readMissed(actor, flowId, "live")).toMatchObject({
      count: 2,
      more: false,
      upTo: second,
      until: null,
      since: expect.any(Date),
      effects: { once: { http: 1 }, perItem: {} },
    });
    expect(await missedIds(flowId)).toEqual([first, second]);

    expect((await turnFlowOn(actor, flowId)).catchUp).toBeNull();
    const after = await send(endpoint, { type: "order", n: 5 });
    expect(await eventsThatRan(flowId)).toEqual([before, after]);
    expect(await missedIds(flowId)).toEqual([first, second]);
    expect(await startCatchUp(actor, flowId, { run: "all" })).toMatchObject({ state: "done", total: 2, started: 2 });
    expect(await eventsThatRan(flowId)).toEqual([before, after, first, second]);
    expect((await listRunsOfFlow(flowId)).at(-1)).toMatchObject({
      kind: "event",
      eventType: "order",
      status: "queued",
    });
    expect(await eventsThatRan(other)).toHaveLength(6);
    expect((await readMissed(actor, flowId, "live")).count).toBe(0);
  });

  test("is everything still kept before it is first published, and is run by publishing", async () => {
    const endpoint = await own();
    const ids = [await send(endpoint, { n: 1 }), await send(endpoint, { n: 2 }), await send(endpoint, { n: 3 })];
    const flowId = await makeCallingFlow(actor, endpoint.id);
    expect(await readMissed(actor, flowId, "draft")).toMatchObject({ count: 3, since: null });
    const published = await publishFlow(actor, flowId, { expectedVersion: 0, missed: { run: "all", upTo: ids[1] } });
    expect(published.catchUp).toMatchObject({ choice: "all", total: 2, started: 2, state: "done" });
    expect(await eventsThatRan(flowId)).toEqual(ids.slice(0, 2));
    expect(await missedIds(flowId)).toEqual([ids[2]]);
    expect(await prisma().event.findMany({ where: { endpointId: endpoint.id, verdict: "no flow" } })).toMatchObject([
      { id: ids[2] },
    ]);
    const jobs = await pool().query(
      `SELECT count(*)::int AS jobs, min(priority)::int AS priority FROM graphile_worker._private_jobs
       WHERE payload->>'runId' = ANY ($1)`,
      [(await listRunsOfFlow(flowId)).map(({ id }) => id)],
    );
    expect(jobs.rows).toEqual([{ jobs: 2, priority: 1 }]);
  });

  test("is counted and run by item where the endpoint splits, new items only", async () => {
    const endpoint = await own(SPLIT_LIST);
    const flowId = await liveFlow(endpoint.id, ["a"]);
    await turnFlowOff(actor, flowId);
    const batch = await send(endpoint, [
      { id: 1, type: "a" },
      { id: 2, type: "b" },
      { id: 3, type: "a" },
    ]);
    const again = await send(endpoint, [
      { id: 3, type: "a" },
      { id: 4, type: "a" },
    ]);
    expect(await readMissed(actor, flowId, "live")).toMatchObject({ count: 3 });
    const chosen = { run: "chosen", events: [{ eventId: batch, itemIndex: 2 }] };
    expect((await turnFlowOn(actor, flowId, chosen)).catchUp).toMatchObject({ started: 1, state: "done" });
    await startCatchUp(actor, flowId, { run: "all" });
    expect((await listRunsOfFlow(flowId)).map(({ eventId, itemIndex }) => [eventId, itemIndex])).toEqual([
      [batch, 2],
      [batch, 0],
      [again, 1],
    ]);
  });

  test("leaves out what a paused endpoint parked: its resume starts that, or it was missed then", async () => {
    const endpoint = await own();
    const flowId = await liveFlow(endpoint.id);
    await pauseEndpoint(actor, endpoint.id);
    const parked = await send(endpoint, { n: 1 });
    await turnFlowOff(actor, flowId);
    expect(await missedIds(flowId)).toEqual([]);
    await turnFlowOn(actor, flowId, { run: "all" });
    await resumeEndpoint(actor, endpoint.id);
    expect(await eventsThatRan(flowId)).toEqual([parked]);
    expect(await missedIds(flowId)).toEqual([]);

    await pauseEndpoint(actor, endpoint.id);
    const released = await send(endpoint, { n: 2 });
    await turnFlowOff(actor, flowId);
    await resumeEndpoint(actor, endpoint.id);
    expect(await missedIds(flowId)).toEqual([released]);
  });

  test("lists each with what its run would be called, for who may see payloads", async () => {
    const endpoint = await own(SPLIT_LIST);
    const trigger = { endpointId: endpoint.id, eventTypes: [], filter: null };
    const runName = "Order {{ trigger.body.id }}";
    const definition = { schema: 1, trigger, runName, steps: [] };
    const { id: flowId } = await createFlow(actor, { name: "Orders", definition });
    await send(endpoint, [{ id: 1 }, { id: 2 }]);
    await send(endpoint, { id: "x".repeat(200) });
    const names = async (role: Actor["role"]) =>
      (await listMissed({ ...actor, role }, flowId, "draft", { limit: 10 })).map(({ name }) => name);
    expect(await names("editor")).toEqual([`Order ${"x".repeat(114)}`, "Order 2", "Order 1"]);
    expect(await names("viewer")).toEqual([null, null, null]);
  });

  test("counts what came while it was deleted, too", async () => {
    const endpoint = await own();
    const flowId = await liveFlow(endpoint.id);
    await deleteFlow(actor, flowId);
    const missed = await send(endpoint, { n: 1 });
    await restoreFlow(actor, flowId);
    expect(await missedIds(flowId)).toEqual([missed]);
  });
});
