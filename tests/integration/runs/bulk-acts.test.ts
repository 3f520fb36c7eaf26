import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { continueBulkAct, RIGHTS_LOST } from "#lib/commands/runs/continue-bulk-act.ts";
import { countRuns } from "#lib/commands/runs/count-runs.ts";
import { actOnAllRuns } from "#lib/commands/runs/keep-acting-on-runs.ts";
import { startBulkAct } from "#lib/commands/runs/start-bulk-act.ts";
import { steerBulkAct } from "#lib/commands/runs/steer-bulk-act.ts";
import { type Actor, ForbiddenError } from "#lib/core/actor.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "#lib/core/errors.ts";
import { newId } from "#lib/core/ids.ts";
import { advanceBulkAct, markActed } from "#lib/db/advance-bulk-act.ts";
import { findBulkAct, listRefusedReasons } from "#lib/db/bulk-acts.ts";
import { forgetOldBulkActs } from "#lib/db/count-bulk-act.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { insertFailedRuns } from "#tests/support/many-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeWorkspace } from "#tests/support/receiving.ts";
import { type FlowRows, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
let actor: Actor;
let rows: FlowRows;
beforeAll(async () => {
  actor = await makeWorkspace();
});
beforeEach(async () => {
  rows = await insertFlowRows(flowOf([]), { workspaceId: actor.workspaceId });
});

const FAST = { perSecond: 500 };
const ofFlow = () => ({ flowId: rows.flowId });
const count = (kind: string, filter: object = ofFlow(), more: object = FAST) =>
  countRuns(actor, { kind, filter, ...more });
const look = async (id: string) => (await findBulkAct(actor.workspaceId, id)) ?? expect.fail("no such act");
const statesOf = async (ids: readonly string[]) => {
  const found = await prisma().run.findMany({ where: { id: { in: [...ids] } }, orderBy: { id: "asc" } });
  return found.map(({ status }) => status);
};
const replaysOf = async (ids: readonly string[]) =>
  (await prisma().run.findMany({ where: { replayOf: { in: [...ids] } }, orderBy: { id: "asc" } })).map(
    ({ replayOf }) => replayOf,
  );
const jobsOf = async (ids: readonly string[]) =>
  (
    await pool().query(
      `SELECT count(*)::int AS jobs FROM graphile_worker._private_jobs WHERE payload->>'runId' = ANY ($1::text[])`,
      [ids],
    )
  ).rows[0].jobs;

describe("an act on many runs", () => {
  test("is about exactly the runs that were counted, whatever fails or ends meanwhile", async () => {
    const counted = await insertFailedRuns(rows, 5);
    const { act, states, sample } = await count("resume");
    expect([act.state, act.total, states, sample.map(({ id }) => id)]).toEqual(["counted", 5, { failed: 5 }, counted]);
    const later = await insertFailedRuns(rows, 3);
    await pool().query("UPDATE run SET status = 'succeeded' WHERE id = $1", [counted[1]]);
    expect(await statesOf(counted)).toEqual(["failed", "succeeded", "failed", "failed", "failed"]);
    await startBulkAct(actor, act.id);
    await actOnAllRuns();
    expect(await look(act.id)).toMatchObject({ state: "done", total: 5, done: 4, refused: 1 });
    expect(await statesOf(counted)).toEqual(["queued", "succeeded", "queued", "queued", "queued"]);
    expect(await statesOf(later)).toEqual(["failed", "failed", "failed"]);
    expect(await jobsOf(counted)).toBe(4);
    expect(await listRefusedReasons(actor.workspaceId, act.id)).toEqual([
      {
        reason: "run-not-resumable",
        words: "Only a failed run can be resumed; this one is succeeded.",
        count: 1,
        runIds: [counted[1]],
      },
    ]);
    const again = await count("replay", { refusedBy: { bulkId: act.id, reason: "run-not-resumable" } });
    expect(again.sample.map(({ id }) => id)).toEqual([counted[1]]);
  });

  test("takes the runs that failed the same way, whichever item of a loop it was", async () => {
    const same = await insertFailedRuns(rows, 2, { step: "each/[0]/crm" });
    same.push(...(await insertFailedRuns(rows, 1, { step: "each/[17]/crm" })));
    await insertFailedRuns(rows, 2, { step: "each/[0]/mail" });
    await insertFailedRuns(rows, 2, { step: "each/[0]/crm", code: "timeout" });
    const alike = { ...ofFlow(), statuses: ["failed"], failedStep: "each/[3]/crm", errorCode: "http-500" };
    const { act } = await count("cancel", alike);
    const items = await prisma().bulkItem.findMany({ where: { bulkId: act.id }, orderBy: { number: "asc" } });
    expect(items.map(({ runId }) => runId)).toEqual(same.sort());
  });

  test("replays oldest first, and chosen runs only", async () => {
    const ids = await insertFailedRuns(rows, 6);
    const chosen = [ids[4], ids[0], ids[2]];
    const { act } = await count("replay", { runIds: chosen }, { perSecond: 100 });
    await startBulkAct(actor, act.id, { version: "live" });
    await actOnAllRuns();
    expect(await look(act.id)).toMatchObject({ state: "done", done: 3, version: "live" });
    expect((await replaysOf(ids)).sort()).toEqual([ids[0], ids[2], ids[4]]);
    const begun = await prisma().auditEntry.findMany({ where: { action: "run.replay", targetId: { in: ids } } });
    expect(begun.sort((a, b) => a.at.getTime() - b.at.getTime()).map(({ targetId }) => targetId)).toEqual([
      ids[0],
      ids[2],
      ids[4],
    ]);
  });

  test("goes on where a process died, with no run left out and none done twice", async () => {
    const ids = await insertFailedRuns(rows, 12);
    const { act } = await count("replay");
    await pool().query("UPDATE bulk_act SET state = 'running' WHERE id = $1", [act.id]);
    // The connection dies in the third run after it was acted on and before it is committed.
    await pool().query(
      `CREATE FUNCTION die_at_third() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
         IF NEW.number = 3 AND NEW.state = 'done' AND nextval('deaths') < 3 THEN
           PERFORM pg_terminate_backend(pg_backend_pid());
         END IF; RETURN NULL; END $$`,
    );
    await pool().query("CREATE SEQUENCE deaths");
    await pool().query(
      `CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON bulk_item DEFERRABLE INITIALLY DEFERRED
         FOR EACH ROW EXECUTE FUNCTION die_at_third()`,
    );
    // And the process dies after its turn's runs were committed, before they are counted.
    await expect(
      advanceBulkAct(act.id, async (turn) => {
        const [first, second] = turn.items;
        for (const item of [first, second])
          if (item !== undefined) await prisma().$transaction((db) => markActed(item, db as never));
        throw new Error("died");
      }),
    ).rejects.toThrow("died");
    expect(await look(act.id)).toMatchObject({ state: "running", done: 0 });
    await Promise.all([actOnAllRuns(), actOnAllRuns()]);
    await pool().query("DROP TRIGGER die ON bulk_item; DROP FUNCTION die_at_third(); DROP SEQUENCE deaths");
    expect(await look(act.id)).toMatchObject({ state: "done", total: 12, done: 12, refused: 0 });
    // The first two were noted by the process that died, in place of its acts; every other has exactly one replay.
    expect((await replaysOf(ids)).sort()).toEqual(ids.slice(2));
  });

  test("is advanced by one process at a time, and does no run twice when several are at it", async () => {
    const ids = await insertFailedRuns(rows, 300);
    const { act } = await count("replay");
    await startBulkAct(actor, act.id);
    let at = 0;
    let most = 0;
    const turns = Array.from({ length: 8 }, () =>
      advanceBulkAct(act.id, async () => {
        most = Math.max(most, ++at);
        await new Promise((resolve) => setImmediate(resolve));
        at -= 1;
        return null;
      }),
    );
    await Promise.all(turns);
    expect(most).toBeLessThanOrEqual(1);
    await Promise.all([actOnAllRuns(), actOnAllRuns(), actOnAllRuns(), startBulkAct(actor, act.id)]);
    expect(await look(act.id)).toMatchObject({ state: "done", done: 300, refused: 0 });
    expect((await replaysOf(ids)).sort()).toEqual(ids);
  });

  test("keeps its rate, pauses, goes on and ends within a second", async () => {
    const ids = await insertFailedRuns(rows, 60);
    const { act } = await count("cancel", ofFlow(), { perSecond: 20 });
    await startBulkAct(actor, act.id);
    const going = actOnAllRuns();
    await expect.poll(async () => (await look(act.id)).refused, { timeout: 10_000 }).toBeGreaterThan(4);
    const askedMs = performance.now();
    const paused = await steerBulkAct(actor, act.id, "pause");
    expect(performance.now() - askedMs).toBeLessThan(1_000);
    await going;
    expect(await look(act.id)).toMatchObject({ state: "paused", refused: paused.refused });
    await expect(steerBulkAct(actor, act.id, "pause")).resolves.toMatchObject({ state: "paused" });
    expect((await steerBulkAct(actor, act.id, "resume")).refused).toBeGreaterThanOrEqual(paused.refused);
    const ended = await steerBulkAct(actor, act.id, "cancel");
    await actOnAllRuns();
    expect(await look(act.id)).toMatchObject({ state: "canceled", refused: ended.refused, stopReason: null });
    expect(ended.refused).toBeLessThan(60);
    await expect(steerBulkAct(actor, act.id, "resume")).rejects.toThrow(ConflictError);
    expect(await statesOf(ids)).toEqual(ids.map(() => "failed"));
  });

  test("begins no more runs a second than it may", async () => {
    await insertFailedRuns(rows, 40);
    const { act } = await count("cancel", ofFlow(), { perSecond: 20 });
    const beganMs = performance.now();
    await startBulkAct(actor, act.id);
    await actOnAllRuns();
    expect((await look(act.id)).refused).toBe(40);
    // 40 runs at 20 a second: all but the first half second's and the last turn's are waited for.
    expect(performance.now() - beganMs).toBeGreaterThan(1_000);
  });
});

describe("who may act on many runs", () => {
  test("is asked when it is made, and again while it goes on", async () => {
    const ids = await insertFailedRuns(rows, 9);
    const userId = newId();
    await prisma().user.create({ data: { id: userId, email: `${userId}@example.com` } });
    await prisma().member.create({ data: { workspaceId: actor.workspaceId, userId, role: "editor" } });
    const editor: Actor = { kind: "user", id: userId, workspaceId: actor.workspaceId, role: "editor" };
    await expect(countRuns({ ...editor, role: "viewer" }, { kind: "resume", filter: {} })).rejects.toThrow(
      ForbiddenError,
    );
    const { act } = await countRuns(editor, { kind: "resume", filter: ofFlow(), perSecond: 4 });
    await startBulkAct(editor, act.id);
    await prisma().member.update({
      where: { workspaceId_userId: { workspaceId: actor.workspaceId, userId } },
      data: { role: "viewer" },
    });
    await actOnAllRuns();
    const stopped = await look(act.id);
    expect(stopped).toMatchObject({ state: "canceled", stopReason: RIGHTS_LOST });
    expect(stopped.done).toBeLessThan(9);
    expect((await statesOf(ids)).filter((state) => state === "queued")).toHaveLength(stopped.done);
  });

  test("never reaches another workspace's runs, nor steers its acts", async () => {
    const stranger = await makeWorkspace("Other");
    const ids = await insertFailedRuns(rows, 3);
    const { act } = await count("cancel", { runIds: ids });
    const theirs = await countRuns(stranger, { kind: "resume", filter: { runIds: ids } });
    expect(theirs.act.total).toBe(0);
    const refused = await countRuns(stranger, { kind: "resume", filter: { refusedBy: { bulkId: act.id } } });
    expect(refused.act.total).toBe(0);
    await expect(startBulkAct(stranger, refused.act.id)).rejects.toThrow(ConflictError);
    for (const way of ["pause", "resume", "cancel"] as const)
      await expect(steerBulkAct(stranger, act.id, way)).rejects.toThrow(NotFoundError);
    await expect(startBulkAct(stranger, act.id)).rejects.toThrow(NotFoundError);
    // An item of another workspace's run, however it came there, is not found.
    const everything = await countRuns(stranger, { kind: "cancel", filter: {} });
    await pool().query(
      `WITH i AS (INSERT INTO bulk_item (bulk_id, number, run_id) VALUES ($1, 1, $2))
       UPDATE bulk_act SET total = 1, state = 'running' WHERE id = $1`,
      [everything.act.id, ids[0]],
    );
    await continueBulkAct(everything.act.id);
    expect(await findBulkAct(stranger.workspaceId, everything.act.id)).toMatchObject({ state: "done", refused: 1 });
    expect(await statesOf(ids)).toEqual(["failed", "failed", "failed"]);
  });
});

describe("counting", () => {
  test("refuses more than 100,000 runs and says what to narrow", async () => {
    const many = await makeWorkspace("Many");
    const theirs = await insertFlowRows(flowOf([]), { workspaceId: many.workspaceId });
    await insertFailedRuns(theirs, 100_001);
    const refusal = await countRuns(many, { kind: "resume", filter: {} }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(InvalidInputError);
    expect((refusal as Error).message).toMatch(/More than 100,000 runs match.*Narrow it/);
    expect(await prisma().bulkAct.count({ where: { workspaceId: many.workspaceId } })).toBe(0);
  });

  test("is forgotten when the same person counts again, or after an hour", async () => {
    await insertFailedRuns(rows, 2);
    const first = await count("resume");
    const second = await count("resume");
    await expect(startBulkAct(actor, first.act.id)).rejects.toThrow(NotFoundError);
    await pool().query("UPDATE bulk_act SET created_at = now() - interval '2 hours' WHERE id = $1", [second.act.id]);
    await forgetOldBulkActs();
    expect(await findBulkAct(actor.workspaceId, second.act.id)).toBeNull();
    expect(await prisma().bulkItem.count({ where: { bulkId: { in: [first.act.id, second.act.id] } } })).toBe(0);
  });

  test("acts on thousands of runs in bounded memory and time", async () => {
    await insertFailedRuns(rows, 3_000);
    const { act } = await count("cancel");
    expect(act.total).toBe(3_000);
    const before = process.memoryUsage().heapUsed;
    const beganMs = performance.now();
    await startBulkAct(actor, act.id);
    await actOnAllRuns();
    const tookMs = performance.now() - beganMs;
    expect(await look(act.id)).toMatchObject({ state: "done", refused: 3_000 });
    // At the rate that was asked for, and not faster.
    expect(tookMs).toBeGreaterThan(5_400);
    expect(tookMs).toBeLessThan(45_000);
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(150 * 1_024 * 1_024);
  }, 60_000);
});
