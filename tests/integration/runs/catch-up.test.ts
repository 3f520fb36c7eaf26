import { beforeAll, describe, expect, test } from "vitest";
import { readMissed } from "#lib/commands/flows/read-missed.ts";
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
import {
  eventsThatRan,
  liveCallingFlow,
  makeTypedEndpoint,
  missedEvents,
  sendEvent,
} from "#tests/support/missed-events.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeWorkspace, useFastDoor } from "#tests/support/receiving.ts";

useTestDatabase();
const door = useFastDoor();
let actor: Actor;
beforeAll(async () => {
  actor = await makeWorkspace();
});

const own = (settings?: object) => makeTypedEndpoint(actor, settings);
const send = (endpoint: { path: string }, body: unknown) => sendEvent(door, endpoint, body);
const liveFlow = (endpointId: string, eventTypes?: string[]) => liveCallingFlow(actor, endpointId, eventTypes);

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
    expect(await eventsThatRan(flowId)).toEqual([ids[3]]);
    const events = [ids[2], ids[0]].map((eventId) => ({ eventId }));
    expect(await startCatchUp(actor, flowId, { run: "chosen", events })).toMatchObject({ started: 2 });
    expect(await eventsThatRan(flowId)).toEqual([ids[3], ids[0], ids[2]]);
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
    expect((await eventsThatRan(flowId)).sort()).toEqual([...ids].sort());
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
    expect(await eventsThatRan(flowId)).toEqual(ids.slice(0, 2));
    await Promise.all([catchUpOnAll(), catchUpOnAll(), catchUpOnAll()]);
    expect(await eventsThatRan(flowId)).toEqual(ids);
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
    expect(await eventsThatRan(flowId)).toEqual([ids[0]]);
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
    // What was stopped is still missed when it is turned on again.
    expect(await missedEvents(actor, flowId)).toEqual([ids[1]]);
    await turnFlowOn(actor, flowId, { run: "all" });
    expect(await eventsThatRan(flowId)).toEqual(ids);
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
