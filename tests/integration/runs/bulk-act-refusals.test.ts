import { beforeAll, beforeEach, expect, test } from "vitest";
import { createApi } from "#lib/api/create-api.ts";
import { createApiKey } from "#lib/commands/instance/create-api-key.ts";
import { revokeApiKey } from "#lib/commands/instance/revoke-api-key.ts";
import { RIGHTS_LOST } from "#lib/commands/runs/continue-bulk-act.ts";
import { countRuns } from "#lib/commands/runs/count-runs.ts";
import { actOnAllRuns } from "#lib/commands/runs/keep-acting-on-runs.ts";
import { startBulkAct } from "#lib/commands/runs/start-bulk-act.ts";
import type { Actor } from "#lib/core/actor.ts";
import { findBulkAct, listRefusedReasons } from "#lib/db/bulk-acts.ts";
import { pool } from "#lib/db/pool.ts";
import { prisma } from "#lib/db/prisma.ts";
import { insertFailedRuns } from "#tests/support/many-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { makeWorkspace } from "#tests/support/receiving.ts";
import { type FlowRows, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
const api = createApi();
let actor: Actor;
let rows: FlowRows;
beforeAll(async () => {
  actor = await makeWorkspace();
});
beforeEach(async () => {
  rows = await insertFlowRows(flowOf([]), { workspaceId: actor.workspaceId });
});

const act = async (kind: string, more: object = {}): Promise<string> => {
  const counted = await countRuns(actor, { kind, filter: { flowId: rows.flowId }, perSecond: 500, ...more });
  await startBulkAct(actor, counted.act.id);
  await actOnAllRuns();
  return counted.act.id;
};
const standOf = (id: string) => findBulkAct(actor.workspaceId, id);
const reasonsOf = async (id: string) =>
  (await listRefusedReasons(actor.workspaceId, id)).map(({ reason, count }) => [reason, count]);

test("runs past retention or with another flow's version are refused by reason, and the others act", async () => {
  const kept = await insertFailedRuns(rows, 3);
  const gone = await insertFailedRuns(rows, 2);
  await pool().query("DELETE FROM event_payload WHERE event_id = (SELECT event_id FROM run WHERE id = $1)", [gone[0]]);
  const replay = await act("replay");
  expect(await standOf(replay)).toMatchObject({ state: "done", done: 3, refused: 2 });
  expect(await reasonsOf(replay)).toEqual([["event-gone", 2]]);
  expect(await prisma().run.count({ where: { replayOf: { in: kept } } })).toBe(3);
  const other = await insertFlowRows(flowOf([]), { workspaceId: actor.workspaceId });
  const filter = { runIds: [...kept, ...gone] };
  const resume = await act("resume", { version: other.versionId, filter });
  expect(await standOf(resume)).toMatchObject({ state: "done", done: 0, refused: 5 });
  expect(await reasonsOf(resume)).toEqual([["invalid-input", 5]]);
});

test("a run on which Hookline itself fails again and again holds no other up", async () => {
  const ids = await insertFailedRuns(rows, 5);
  await pool().query(
    `CREATE FUNCTION refuse_one() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
       IF NEW.id = '${ids[2]}' THEN RAISE EXCEPTION 'broken row'; END IF; RETURN NEW; END $$`,
  );
  await pool().query("CREATE TRIGGER refuse BEFORE UPDATE ON run FOR EACH ROW EXECUTE FUNCTION refuse_one()");
  const resume = await act("resume");
  await pool().query("DROP TRIGGER refuse ON run; DROP FUNCTION refuse_one()");
  expect(await standOf(resume)).toMatchObject({ state: "done", done: 4, refused: 1 });
  expect(await reasonsOf(resume)).toEqual([["internal", 1]]);
  const states = await prisma().run.findMany({ where: { id: { in: ids } }, orderBy: { id: "asc" } });
  expect(states.map(({ status }) => status)).toEqual(["queued", "queued", "failed", "queued", "queued"]);
});

test("an act of a key stops when the key is revoked, and says so", async () => {
  const ids = await insertFailedRuns(rows, 8);
  const key = await createApiKey(actor, { name: "many", role: "editor" });
  const call = async (method: string, path: string, body?: object, token = key.key) => {
    const answer = await api.request(`/api/v1${path}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  };
  const wish = { kind: "cancel", filter: { flowId: rows.flowId, search: "test.event" }, perSecond: 4, dry: true };
  const counted = await call("POST", "/bulk-acts", wish);
  expect([counted.status, counted.body["total"], counted.body["state"]]).toEqual([201, 8, "counted"]);
  const listed = async (token = key.key) =>
    (await call("GET", "/bulk-acts", undefined, token)).body["items"] as Record<string, unknown>[];
  expect((await listed()).map(({ id }) => id)).not.toContain(counted.body["id"]);
  const path = `/bulk-acts/${String(counted.body["id"])}`;
  expect((await call("POST", `${path}/start`)).body).toMatchObject({ state: "running", perSecond: 4 });
  expect((await call("POST", `${path}/pause`)).body).toMatchObject({ state: "paused" });
  const viewer = await createApiKey(actor, { name: "looks", role: "viewer" });
  expect((await listed(viewer.key))[0]).toMatchObject({ id: counted.body["id"], filter: { flowId: rows.flowId } });
  expect(JSON.stringify(await listed(viewer.key))).not.toContain("test.event");
  expect((await call("POST", `${path}/resume`)).body).toMatchObject({ state: "running" });
  await revokeApiKey(actor, key.id);
  await actOnAllRuns();
  const stopped = await standOf(String(counted.body["id"]));
  expect(stopped).toMatchObject({ state: "canceled", stopReason: RIGHTS_LOST });
  expect(stopped?.refused).toBeLessThan(8);
  expect(await prisma().run.count({ where: { id: { in: ids }, status: "failed" } })).toBe(8);
});
