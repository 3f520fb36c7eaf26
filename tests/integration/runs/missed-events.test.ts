import { beforeAll, describe, expect, test } from "vitest";
import { pauseEndpoint } from "#lib/commands/endpoints/pause-endpoint.ts";
import { resumeEndpoint } from "#lib/commands/endpoints/resume-endpoint.ts";
import { createFlow } from "#lib/commands/flows/create-flow.ts";
import { deleteFlow, restoreFlow } from "#lib/commands/flows/delete-flow.ts";
import { publishFlow } from "#lib/commands/flows/publish-flow.ts";
import { listMissed, readMissed } from "#lib/commands/flows/read-missed.ts";
import { startCatchUp, stopCatchUp } from "#lib/commands/flows/start-catch-up.ts";
import { turnFlowOff, turnFlowOn } from "#lib/commands/flows/switch-flow.ts";
import { type Actor, ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, NotFoundError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { insertCatchUp } from "#lib/db/catch-ups.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { continueCatchUp } from "#lib/upkeep/continue-catch-up.ts";
import { catchUpOnAll } from "#lib/upkeep/keep-catching-up.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeEndpoint, makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";
import { postBody, SPLIT_LIST } from "#tests/support/split-lists.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const STEPS = [
  {
    kind: "action",
    id: "call",
    name: "Call",
    action: "http.request",
    input: { method: "POST", url: "https://a.example" },
  },
  { kind: "action", id: "note", name: "Note", action: "transform", input: { value: "{{ 1 }}" } },
];
const TYPED = { eventType: { from: "body", path: "type" } };

const own = (settings: object = TYPED) => makeEndpoint(actor, { settings });
const send = async (endpoint: { path: string }, body: unknown): Promise<string> =>
  (await postBody(`${door.url}${endpoint.path}`, body)).event ?? "";

async function makeFlow(endpointId: string, eventTypes: string[] = []): Promise<string> {
  const definition = { schema: 1, trigger: { endpointId, eventTypes, filter: null }, runName: "", steps: STEPS };
  return (await createFlow(actor, { name: "Orders", definition })).id;
}

async function liveFlow(endpointId: string, eventTypes: string[] = []): Promise<string> {
  const flowId = await makeFlow(endpointId, eventTypes);
  await publishFlow(actor, flowId, { expectedVersion: 0 });
  return flowId;
}

const runsOf = (flowId: string) => prisma().run.findMany({ where: { flowId }, orderBy: { id: "asc" } });
const eventsRun = async (flowId: string) => (await runsOf(flowId)).map(({ eventId }) => eventId);
const missedIds = async (flowId: string) =>
  (await listMissed(actor, flowId, "live", { limit: 100 })).map(({ eventId }) => eventId).reverse();

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
    expect(await eventsRun(flowId)).toEqual([before, after]);
    expect(await missedIds(flowId)).toEqual([first, second]);
    expect(await startCatchUp(actor, flowId, { run: "all" })).toMatchObject({ state: "done", total: 2, started: 2 });
    expect(await eventsRun(flowId)).toEqual([before, after, first, second]);
    expect((await runsOf(flowId)).at(-1)).toMatchObject({ kind: "event", eventType: "order", status: "queued" });
    expect(await eventsRun(other)).toHaveLength(6);
    expect((await readMissed(actor, flowId, "live")).count).toBe(0);
  });

  test("is everything still kept before it is first published, and is run by publishing", async () => {
    const endpoint = await own();
    const ids = [await send(endpoint, { n: 1 }), await send(endpoint, { n: 2 }), await send(endpoint, { n: 3 })];
    const flowId = await makeFlow(endpoint.id);
    expect(await readMissed(actor, flowId, "draft")).toMatchObject({ count: 3, since: null });
    const published = await publishFlow(actor, flowId, { expectedVersion: 0, missed: { run: "all", upTo: ids[1] } });
    expect(published.catchUp).toMatchObject({ choice: "all", total: 2, started: 2, state: "done" });
    expect(await eventsRun(flowId)).toEqual(ids.slice(0, 2));
    expect(await missedIds(flowId)).toEqual([ids[2]]);
    expect(await prisma().event.findMany({ where: { endpointId: endpoint.id, verdict: "no flow" } })).toMatchObject([
      { id: ids[2] },
    ]);
    const jobs = await pool().query(
      "SELECT count(*)::int AS n FROM graphile_worker._private_jobs WHERE payload->>'runId' = ANY ($1)",
      [(await runsOf(flowId)).map(({ id }) => id)],
    );
    expect(jobs.rows).toEqual([{ n: 2 }]);
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
    expect((await runsOf(flowId)).map(({ eventId, itemIndex }) => [eventId, itemIndex])).toEqual([
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
    expect(await eventsRun(flowId)).toEqual([parked]);
    expect(await missedIds(flowId)).toEqual([]);

    await pauseEndpoint(actor, endpoint.id);
    const released = await send(endpoint, { n: 2 });
    await turnFlowOff(actor, flowId);
    await resumeEndpoint(actor, endpoint.id);
    expect(await missedIds(flowId)).toEqual([released]);
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

describe("a catch-up", () => {
  async function missing(count: number): Promise<{ flowId: string; ids: string[] }> {
    const endpoint = await own();
    const flowId = await liveFlow(endpoint.id);
    await turnFlowOff(actor, flowId);
    const ids: string[] = [];
    for (let n = 0; n < count; n += 1) ids.push(await send(endpoint, { n }));
    return { flowId, ids };
  }

  test("gives the last one, or the chosen ones in the order they came", async () => {
    const { flowId, ids } = await missing(4);
    await turnFlowOn(actor, flowId, { run: "last" });
    expect(await eventsRun(flowId)).toEqual([ids[3]]);
    const events = [ids[2], ids[0]].map((eventId) => ({ eventId }));
    expect(await startCatchUp(actor, flowId, { run: "chosen", events })).toMatchObject({ started: 2 });
    expect(await eventsRun(flowId)).toEqual([ids[3], ids[0], ids[2]]);
  });

  test("gives no event a second run, pressed twelve times at once and again", async () => {
    const { flowId, ids } = await missing(5);
    const outcomes = await Promise.allSettled([
      ...Array.from({ length: 6 }, () => turnFlowOn(actor, flowId, { run: "all" })),
      ...Array.from({ length: 6 }, () => turnFlowOn(actor, flowId, { run: "last" })),
    ]);
    expect(outcomes.filter(({ status }) => status === "rejected")).toEqual([]);
    await startCatchUp(actor, flowId, { run: "all" });
    await catchUpOnAll();
    expect((await eventsRun(flowId)).sort()).toEqual([...ids].sort());
    expect(await startCatchUp(actor, flowId, { run: "all" })).toBeNull();
  });

  test("goes on where a process died in the middle of a step, with one run for each", async () => {
    const { flowId, ids } = await missing(6);
    await turnFlowOn(actor, flowId);
    const { upTo } = await readMissed(actor, flowId, "live");
    const flow = await prisma().flow.findUniqueOrThrow({ where: { id: flowId } });
    const trigger = await prisma().flowTrigger.findFirstOrThrow({ where: { flowId } });
    const noted = await insertCatchUp(
      actor.workspaceId,
      {
        flowId,
        endpointId: trigger.endpointId,
        versionId: flow.liveVersionId ?? "",
        eventTypes: [],
        fromId: ids[0] ?? "",
        untilId: upTo ?? "",
        chosen: null,
        choice: "all",
        total: 6,
      },
      prisma(),
    );
    expect(await continueCatchUp(noted.id, 2)).toMatchObject({ state: "running", started: 2 });
    // The next step dies with its connection after its runs were written and before they are committed.
    await pool().query(
      `CREATE OR REPLACE FUNCTION die_once() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$`,
    );
    await pool().query("CREATE TRIGGER die AFTER UPDATE ON catch_up FOR EACH ROW EXECUTE FUNCTION die_once()");
    await expect(continueCatchUp(noted.id, 2)).rejects.toThrow();
    await pool().query("DROP TRIGGER die ON catch_up; DROP FUNCTION die_once()");
    expect(await eventsRun(flowId)).toEqual(ids.slice(0, 2));
    await Promise.all([catchUpOnAll(), catchUpOnAll(), catchUpOnAll()]);
    expect(await eventsRun(flowId)).toEqual(ids);
    expect((await readMissed(actor, flowId, "live")).catchUp).toMatchObject({ state: "done", started: 6 });
  });

  test("starts nothing more once it is canceled, or its flow is turned off", async () => {
    const { flowId, ids } = await missing(2);
    await turnFlowOn(actor, flowId);
    const trigger = await prisma().flowTrigger.findFirstOrThrow({ where: { flowId } });
    const note = () =>
      insertCatchUp(
        actor.workspaceId,
        {
          flowId,
          endpointId: trigger.endpointId,
          versionId: trigger.versionId,
          eventTypes: [],
          fromId: ids[0] ?? "",
          untilId: ids[1] ?? "",
          chosen: null,
          choice: "all",
          total: 2,
        },
        prisma(),
      );
    const first = await note();
    await continueCatchUp(first.id, 1);
    expect(await stopCatchUp(actor, flowId)).toMatchObject({ state: "canceled", started: 1, total: 2 });
    expect(await continueCatchUp(first.id)).toBeNull();
    const second = await note();
    await turnFlowOff(actor, flowId);
    expect(await continueCatchUp(second.id)).toBeNull();
    expect(await eventsRun(flowId)).toEqual([ids[0]]);
    await expect(startCatchUp(actor, flowId, { run: "all" })).rejects.toMatchObject({ code: "flow-off" });
    const actions = await prisma().auditEntry.findMany({ where: { targetId: flowId }, orderBy: { id: "asc" } });
    expect(actions.map(({ action }) => action)).toEqual([
      "flow.create",
      "flow.publish",
      "flow.off",
      "flow.on",
      "flow.catchUp.cancel",
      "flow.off",
      "flow.catchUp.cancel",
    ]);
  });

  test("refuses events and flows of others, and keeps to what each role may", async () => {
    const { flowId } = await missing(1);
    const theirs = await makeWorkspace("Other");
    const elsewhere = await own();
    const foreign = await send(elsewhere, { n: 1 });
    for (const eventId of [newId(), foreign])
      await expect(turnFlowOn(actor, flowId, { run: "chosen", events: [{ eventId }] })).rejects.toBeInstanceOf(
        NotFoundError,
      );
    expect(await prisma().flow.findUnique({ where: { id: flowId } })).toMatchObject({ on: false });
    for (const act of [
      () => turnFlowOn(theirs, flowId, { run: "all" }),
      () => turnFlowOff(theirs, flowId),
      () => readMissed(theirs, flowId, "live"),
      () => startCatchUp(theirs, flowId, { run: "all" }),
      () => stopCatchUp(theirs, flowId),
    ])
      await expect(act()).rejects.toBeInstanceOf(NotFoundError);

    const [viewer, editor] = (["viewer", "editor"] as const).map((role) => ({ ...actor, role })) as [Actor, Actor];
    await expect(turnFlowOff(viewer, flowId)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(startCatchUp(viewer, flowId, { run: "all" })).rejects.toBeInstanceOf(ForbiddenError);
    await expect(turnFlowOn(editor, flowId)).rejects.toBeInstanceOf(ForbiddenError);
    await turnFlowOn(actor, flowId);
    await turnFlowOff(editor, flowId);
    expect(await prisma().flow.findUnique({ where: { id: flowId } })).toMatchObject({
      on: false,
      offSince: expect.any(Date),
    });
    await expect(startCatchUp(editor, flowId, { run: "all" })).rejects.toBeInstanceOf(ConflictError);
  });
});
