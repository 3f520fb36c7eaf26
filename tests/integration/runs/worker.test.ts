import { randomBytes } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { pool } from "#lib/db/pool.ts";
import { closeRunPools } from "#lib/db/run-pool.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { type Child, startChild } from "#tests/support/child-process.ts";
import { type HttpSink, startHttpSink } from "#tests/support/http-sink.ts";
import { keptSteps, keptTries, keptValue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";

const database = useTestDatabase();
let sink: HttpSink;
let worker: Child;

beforeAll(async () => {
  sink = await startHttpSink();
  worker = startChild("server/worker.ts", {
    DATABASE_URL: database.url,
    HOOKLINE_SECRET_KEY: process.env.HOOKLINE_SECRET_KEY ?? randomBytes(32).toString("base64"),
    HOOKLINE_EGRESS_ALLOW: "127.0.0.1",
    HOOKLINE_SANDBOX_PROCESSES: "1",
  });
  await worker.waitForLine("worker is working");
});
beforeEach(() => sink.answer(() => ({ status: 200, body: '{"id":"crm_1"}' })));
afterEach(() => expect(worker.noise()).toBe(""));
afterAll(async () => {
  worker.kill("SIGTERM");
  expect(await worker.exited).toEqual({ code: 0, signal: null });
  await sink.close();
  await closeRunPools();
});

const post = (id: string, json: string, more: object = {}): Step => ({
  kind: "action",
  id,
  name: id,
  action: "http.request",
  input: { method: "POST", url: `${sink.url}/${id}`, body: { kind: "json", json } },
  ...more,
});
const run = async (id: string) =>
  (await pool().query("SELECT * FROM run WHERE id = $1", [id])).rows[0] as Record<string, unknown>;
const finished = (id: string) => expect.poll(async () => (await run(id))["status"], { timeout: 10_000 });
const hitsOf = (path: string) => sink.hits().filter((hit) => hit.path === path);

describe("the worker process", () => {
  test("maps an event with JSONata, calls an HTTP API with exactly the planned bytes, and records it all", async () => {
    const rows = await insertFlowRows(
      flowOf(
        [
          {
            kind: "action",
            id: "map",
            name: "Map",
            action: "transform",
            input: { value: '{ "total": $sum(trigger.body.items.price), "first": trigger.body.items[0].name }' },
          },
          post(
            "crm",
            '{ "total": {{ steps.map.total }}, "who": {{ trigger.body.who }}, "type": {{ trigger.headers.`x-kind` }} }',
          ),
          post("log", '{ "crm": {{ steps.crm.body.id }} }'),
        ],
        { runName: "Order of {{ trigger.body.who }}" },
      ),
    );
    const { runId } = await insertEventRun(
      rows,
      '{"who":"Ada \\"the\\" first","items":[{"name":"a","price":10.5},{"name":"b","price":4.5}]}',
      { headers: [["X-Kind", "order"]] },
    );
    await finished(runId).toBe("succeeded");
    expect(hitsOf("/crm").map((hit) => JSON.parse(hit.body) as unknown)).toEqual([
      { total: 15, who: 'Ada "the" first', type: "order" },
    ]);
    expect(hitsOf("/log").map((hit) => JSON.parse(hit.body) as unknown)).toEqual([{ crm: "crm_1" }]);
    expect(await run(runId)).toMatchObject({
      name: 'Order of Ada "the" first',
      effect_counts: '{"http":2}',
      lease_token: null,
      claims: 1,
    });

    const steps = await keptSteps(runId);
    expect(steps.map((step) => [step.path, step.status, step.attempts])).toEqual([
      ["map", "succeeded", 0],
      ["crm", "succeeded", 1],
      ["log", "succeeded", 1],
    ]);
    const effect = await keptValue(runId, steps[1]?.effectDataId);
    const planned = JSON.parse(effect ?? "null") as { body: { text: string } };
    expect(planned.body.text).toBe(hitsOf("/crm")[0]?.body);
    expect(steps[1]?.idempotencyKey).toBe(hitsOf("/crm")[0]?.key);
  });

  test("tries a busy target again with the same bytes and key, when its time has come", async () => {
    const rows = await insertFlowRows(
      flowOf([
        post("busy", '{ "at": "{{ $now() }}" }', {
          settings: { retry: { attempts: 5, firstMs: 300, factor: 1, maxMs: 300 } },
        }),
      ]),
    );
    sink.answer((_, count) => (count < 3 ? { status: 503 } : { status: 200 }));
    const { runId } = await insertEventRun(rows, "{}");
    await finished(runId).toBe("succeeded");
    const hits = hitsOf("/busy");
    expect(hits).toHaveLength(3);
    expect(new Set(hits.map((hit) => `${hit.key} ${hit.bodySha256}`)).size).toBe(1);
    expect((hits[1]?.at ?? 0) - (hits[0]?.at ?? 0)).toBeGreaterThanOrEqual(300);
    const tries = (await keptTries(runId)).get("busy") ?? [];
    expect(tries.map(({ row: { number, outcome } }) => ({ number, outcome }))).toEqual([
      { number: 1, outcome: "failed" },
      { number: 2, outcome: "failed" },
      { number: 3, outcome: "done" },
    ]);
  });

  test("fails a run whose target says no, naming step and reason, and never tries it again", async () => {
    const rows = await insertFlowRows(flowOf([post("gone", "{}"), post("after", "{}")]));
    sink.answer(() => ({ status: 404 }));
    const { runId } = await insertEventRun(rows, "{}");
    await finished(runId).toBe("failed");
    expect(await run(runId)).toMatchObject({ failed_step: "gone", error_message: expect.stringContaining("404") });
    expect(hitsOf("/gone")).toHaveLength(1);
    expect(hitsOf("/after")).toHaveLength(0);
  });

  test("filters, and sends nothing a blank would change", async () => {
    const filtered = await insertFlowRows({
      ...flowOf([post("f", "{}")]),
      trigger: { endpointId: null, eventTypes: [], filter: "trigger.body.amount > 10" },
    });
    const one = await insertEventRun(filtered, '{"amount":1}');
    await finished(one.runId).toBe("filtered");
    const blank = await insertFlowRows(
      flowOf([
        {
          kind: "action",
          id: "b",
          name: "B",
          action: "http.request",
          input: { method: "GET", url: `${sink.url}/b/{{ trigger.body.missing }}`, body: { kind: "none" } },
        },
      ]),
    );
    const two = await insertEventRun(blank, "{}");
    await finished(two.runId).toBe("failed");
    expect(sink.hits().filter((hit) => hit.path.startsWith("/f") || hit.path.startsWith("/b/"))).toEqual([]);
  });

  test("survives an expression that takes too long, and other runs do not wait for it", async () => {
    const slowFlow = await insertFlowRows(
      flowOf([
        {
          kind: "action",
          id: "x",
          name: "X",
          action: "transform",
          input: { value: "($f := function($n) { $n = 0 ? 0 : $f($n - 1) }; $f(1000000))" },
        },
      ]),
    );
    const quick = await insertFlowRows(flowOf([post("quick", '{ "n": {{ $count(trigger.body.list) }} }')]));
    const slow = await insertEventRun(slowFlow, "{}");
    const fast = await insertEventRun(quick, '{"list":[1,2]}');
    await finished(fast.runId).toBe("succeeded");
    await finished(slow.runId).toBe("failed");
    expect(hitsOf("/quick").map((hit) => hit.body)).toEqual(['{ "n": 2 }']);
  });

  test("refuses private targets that nobody allowed", async () => {
    const rows = await insertFlowRows(
      flowOf([
        {
          kind: "action",
          id: "m",
          name: "M",
          action: "http.request",
          input: { method: "GET", url: "http://169.254.169.254/latest/", body: { kind: "none" } },
        },
      ]),
    );
    const { runId } = await insertEventRun(rows, "{}");
    await finished(runId).toBe("failed");
    expect(String((await run(runId))["error_code"])).toContain("egress");
  });

  test("proves itself by a canary that leaves nothing behind", async () => {
    await expect
      .poll(async () => (await pool().query("SELECT FROM instance_setting WHERE key LIKE 'canary:%'")).rowCount, {
        timeout: 10_000,
      })
      .toBe(1);
    await expect
      .poll(
        async () => (await pool().query("SELECT FROM run WHERE kind = 'canary' AND finished_at IS NOT NULL")).rowCount,
        {
          timeout: 10_000,
        },
      )
      .toBe(0);
  });

  test("leaves no job behind for finished runs", async () => {
    await expect
      .poll(
        async () =>
          (
            await pool().query(
              `SELECT j.id FROM graphile_worker._private_jobs j JOIN run r ON r.id = (j.payload->>'runId')::uuid
               WHERE r.finished_at IS NOT NULL`,
            )
          ).rowCount,
        { timeout: 5_000 },
      )
      .toBe(0);
  });
});
