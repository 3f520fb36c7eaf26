import { afterEach, expect, test } from "vitest";
import { firstIdOf } from "#lib/core/first-id-of.ts";
import { newId, type WorkspaceId } from "#lib/core/ids.ts";
import { DAY, HOUR } from "#lib/core/units.ts";
import { listTraffic } from "#lib/db/endpoint-traffic.ts";
import { listFlowStats } from "#lib/db/flow-stats.ts";
import { countByHour } from "#lib/db/hourly-counts.ts";
import { askList, askSearch } from "#lib/db/list-pool.ts";
import { pool } from "#lib/db/pool.ts";
import { listRequests } from "#lib/db/requests.ts";
import type { RunFilter } from "#lib/db/run-filter.ts";
import { listRuns } from "#lib/db/run-list.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { type FlowRows, insertFlowRows } from "#tests/support/run-rows.ts";

useTestDatabase();
afterEach(() => {
  delete (globalThis as { [key: symbol]: unknown })[Symbol.for("hookline.hourly-counts")];
});

type RunValues = Partial<Record<"status" | "kind" | "event_type" | "name" | "replay_of", string>> & { at?: Date };

async function insertRun(rows: FlowRows, values: RunValues = {}): Promise<string> {
  const at = values.at ?? new Date();
  const id = newId(at);
  await pool().query(
    `INSERT INTO run (id, workspace_id, flow_id, version_id, event_id, origin_run_id, endpoint_id, status, kind,
                      event_type, name, replay_of, created_at)
     VALUES ($1, $2, $3, $4, $5, $1, $6, $7, $8, $9, $10, $11, $12)`,
    [
      id,
      rows.workspaceId,
      rows.flowId,
      rows.versionId,
      newId(at),
      rows.endpointId,
      values.status ?? "succeeded",
      values.kind ?? "event",
      values.event_type ?? "order.created",
      values.name ?? null,
      values.replay_of ?? null,
      at,
    ],
  );
  return id;
}

const idsOf = async (workspaceId: WorkspaceId, filter: RunFilter, page = { limit: 50 }) =>
  (await listRuns(workspaceId, filter, page, "user test")).map(({ id }) => id);

test("every filter of runs finds what it names, newest first, and nothing of another workspace", async () => {
  const [mine, theirs] = [await insertFlowRows(flowOf([])), await insertFlowRows(flowOf([]))];
  const ago = (ms: number) => new Date(Date.now() - ms);
  const old = await insertRun(mine, { at: ago(3 * DAY), status: "failed", name: "100% of_it" });
  const lost = await insertRun(mine, { at: ago(2 * HOUR), event_type: "order.lost", status: "canceled" });
  const trial = await insertRun(mine, { at: ago(HOUR), kind: "test" });
  const again = await insertRun(mine, { at: ago(1_000), kind: "replay", replay_of: old, status: "running" });
  await insertRun(theirs, { status: "failed", name: "100% of_it" });
  const { workspaceId } = mine;
  expect(await idsOf(workspaceId, {})).toEqual([again, lost, old]);
  expect(await idsOf(workspaceId, { kind: "test" })).toEqual([trial]);
  expect(await idsOf(workspaceId, { kind: "replay" })).toEqual([again]);
  expect(await idsOf(workspaceId, { statuses: ["failed", "canceled", "failed"] })).toEqual([lost, old]);
  expect(await idsOf(workspaceId, { statuses: ["failed", "running"] })).toEqual([again, old]);
  expect(await idsOf(workspaceId, { statuses: [] })).toEqual([again, lost, old]);
  expect(await idsOf(workspaceId, { flowId: mine.flowId })).toEqual([again, lost, old]);
  expect(await idsOf(workspaceId, { flowId: theirs.flowId })).toEqual([]);
  expect(await idsOf(workspaceId, { flowId: mine.flowId, statuses: ["failed"] })).toEqual([old]);
  expect(await idsOf(workspaceId, { endpointId: mine.endpointId, eventType: "order.lost" })).toEqual([lost]);
  expect(await idsOf(workspaceId, { replayOf: old })).toEqual([again]);
  expect(await idsOf(workspaceId, { from: ago(DAY), to: ago(HOUR) })).toEqual([lost]);
  expect(await idsOf(workspaceId, { flowId: mine.flowId, from: ago(DAY) })).toEqual([again, lost]);
  expect(await idsOf(workspaceId, { search: { text: " ORDER.l", names: true } })).toEqual([lost]);
  expect(await idsOf(workspaceId, { search: { text: "0% of_", names: true } })).toEqual([old]);
  expect(await idsOf(workspaceId, { search: { text: "0% ofx", names: true } })).toEqual([]);
  expect(await idsOf(workspaceId, { search: { text: "0% of_", names: false } })).toEqual([]);
  expect(await idsOf(workspaceId, { search: { text: "ORDER.l", names: false } })).toEqual([lost]);
  expect(await idsOf(workspaceId, { search: { text: old.toUpperCase(), names: true } })).toEqual([old]);
});

test("pages of runs follow each other without a gap or a repeat while new ones come", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const ids: string[] = [];
  for (let n = 0; n < 25; n += 1)
    ids.unshift(
      await insertRun(rows, { at: new Date(Date.now() - 60_000 + n), status: n % 2 === 0 ? "failed" : "canceled" }),
    );
  for (const filter of [{}, { flowId: rows.flowId }, { statuses: ["failed", "canceled"] as const }]) {
    const seen: string[] = [];
    for (let beforeId: string | undefined; ; ) {
      const page = await listRuns(
        rows.workspaceId,
        filter,
        { limit: 10, ...(beforeId ? { beforeId } : {}) },
        "user test",
      );
      seen.push(...page.map(({ id }) => id));
      beforeId = page.at(-1)?.id;
      if (page.length < 10) break;
      await insertRun(rows, { at: new Date(Date.now() + 1_000), status: "failed" });
    }
    expect(seen.filter((id) => ids.includes(id))).toEqual(ids);
  }
});

test("requests of an endpoint are listed by verdict, each newest first, mixed by time", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const ids: string[] = [];
  for (const [at, verdict] of ["accepted", "no flow", "accepted", "parked", "no flow"].entries()) {
    const id = newId(new Date(Date.now() - 10_000 + at));
    ids.push(id);
    await pool().query(
      `INSERT INTO event (id, workspace_id, endpoint_id, dedupe_key, verdict, verification, method, body_bytes,
                          body_sha256, received_at)
       VALUES ($1::uuid, $2, $3, $1::uuid::text, $4, 'verified', 'POST', 0, '', now())`,
      [id, rows.workspaceId, rows.endpointId, verdict],
    );
  }
  const list = async (verdicts: Parameters<typeof listRequests>[2]["verdicts"], limit = 10) =>
    (await listRequests(rows.workspaceId, rows.endpointId, { limit, ...(verdicts ? { verdicts } : {}) })).map(
      ({ id }) => ids.indexOf(id),
    );
  expect(await list(undefined)).toEqual([4, 3, 2, 1, 0]);
  expect(await list(["accepted"])).toEqual([2, 0]);
  expect(await list(["accepted", "parked"], 2)).toEqual([3, 2]);
  expect(await list(["refused"])).toEqual([]);
});

test("hours that ended are counted once, the hour under way each time", async () => {
  const rows = await insertFlowRows(flowOf([]));
  const now = new Date();
  await insertRun(rows, { at: new Date(now.getTime() - 3 * HOUR), status: "failed" });
  await insertRun(rows, { at: now });
  const first = (await countByHour(rows.workspaceId, "runs", now)).get(rows.flowId);
  await insertRun(rows, { at: now });
  const second = (await countByHour(rows.workspaceId, "runs", now)).get(rows.flowId);
  expect([first?.at(-1), second?.at(-1)]).toEqual([1, 2]);
  expect(first?.at(-4)).toBe(1);
  const stats = await listFlowStats(rows.workspaceId, [rows.flowId], now);
  expect(stats.flows.get(rows.flowId)).toMatchObject({ runs: 3, failures: 1, lastRun: { status: "succeeded" } });
  expect(stats.more).toBe(false);
  const traffic = await listTraffic(rows.workspaceId, [rows.endpointId], now);
  expect(traffic.get(rows.endpointId)).toEqual({
    accepted: new Array(24).fill(0),
    refused: new Array(24).fill(0),
    last: null,
  });
});

test("a list that takes too long is stopped and says what to do", async () => {
  await expect(
    askList({ text: "SELECT set_config('statement_timeout', '20', false), pg_sleep(0)", values: [] }),
  ).resolves.toHaveLength(1);
  await expect(askList({ text: "SELECT pg_sleep(1)", values: [] })).rejects.toMatchObject({
    code: "list-too-long",
    message: expect.stringContaining("Narrow it"),
  });
});

test("one search of each person runs, three wait, and more are told so at once", async () => {
  const slow = { text: "SELECT pg_sleep(0.2), pg_backend_pid() AS pid, clock_timestamp() AS at", values: [] };
  const asked = Array.from({ length: 6 }, () =>
    askSearch(slow, "user busy").then(
      () => "found",
      (error) => error.code,
    ),
  );
  const other = askSearch(slow, "user other").then(() => "found");
  expect(await Promise.race([other, Promise.all(asked)])).toBe("found");
  expect((await Promise.all(asked)).toSorted()).toEqual([
    "found",
    "found",
    "found",
    "found",
    "search-busy",
    "search-busy",
  ]);
  expect(firstIdOf(new Date(0))).toBe("00000000-0000-7000-8000-000000000000");
});
