import { expect, it } from "vitest";
import { toRun, toStepRun } from "#lib/api/run-answer.ts";
import { pool } from "#lib/db/pool.ts";
import { listRuns } from "#lib/db/run-list.ts";
import { findRun } from "#lib/db/runs.ts";
import { listStepRuns } from "#lib/db/step-runs.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { useCalledRuns } from "#tests/support/called-runs.ts";
import { keptSteps, keptValue, makeStepsDue } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

const BODY = '{"id": 9007199254740993, "tags": ["a"]}';

const value = (id: string, expression: string): Step => ({
  kind: "action",
  id,
  name: id,
  action: "transform",
  input: { value: expression },
});

it("keeps with a step which expressions lost digits, were blank or became JSON text, but no value", async () => {
  runs.sink.answer(() => ({ status: 200, body: "{}" }));
  const rows = await insertFlowRows(
    flowOf([
      value("sum", "trigger.body.id + 1"),
      value("whole", "trigger.body.id"),
      value("tenths", "$reduce([0.1, 0.2], function($a, $b) { $a + $b })"),
      {
        kind: "action",
        id: "call",
        name: "call",
        action: "http.request",
        input: {
          method: "POST",
          url: `${runs.sink.url}/x`,
          body: {
            kind: "text",
            text: "Hi {{ trigger.body.missing }}, {{ trigger.body.tags }}, {{ trigger.body.id - 2 }}",
          },
        },
      },
      {
        kind: "branch",
        id: "way",
        name: "way",
        cases: [{ id: "big", name: "Big", when: "trigger.body.id > 5", steps: [] }],
        otherwise: [],
      },
      {
        kind: "forEach",
        id: "each",
        name: "each",
        items: "[1..(trigger.body.id - 9007199254740990)]",
        concurrency: 1,
        onItemError: "stop",
        steps: [value("inner", "item")],
      },
    ]),
  );
  const { runId } = await insertEventRun(rows, BODY, { job: false });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "succeeded" });
  const steps = await listStepRuns(rows.workspaceId, runId);
  const found = Object.fromEntries(steps.map(({ path, warnings }) => [path, warnings]));
  expect(found).toEqual({
    sum: [{ kind: "lost-digits", field: "Value", source: "trigger.body.id + 1" }],
    whole: [],
    tenths: [],
    call: [
      { kind: "lost-digits", field: "Text", source: "trigger.body.id - 2" },
      { kind: "blank", field: "Text", source: "trigger.body.missing" },
      { kind: "json-in-text", field: "Text", source: "trigger.body.tags" },
    ],
    way: [{ kind: "lost-digits", field: 'The condition of "Big"', source: "trigger.body.id > 5" }],
    each: [{ kind: "lost-digits", field: "The list of items", source: "[1..(trigger.body.id - 9007199254740990)]" }],
    "each/[0]/inner": [],
    "each/[1]/inner": [],
  });
  const stored = await keptSteps(runId);
  const unmarked = stored.filter(({ warnings }) => warnings === null).map(({ path }) => path);
  expect(unmarked.sort()).toEqual(["each/[0]/inner", "each/[1]/inner", "tenths", "whole"]);
  expect(await keptValue(runId, stored.find(({ path }) => path === "tenths")?.outputDataId)).toBe("0.3");
  const call = steps.find(({ path }) => path === "sum");
  expect(call && toStepRun("viewer", call, new Map()).warnings).toEqual([
    {
      kind: "lost-digits",
      field: "Value",
      source: "trigger.body.id + 1",
      message:
        "Value: `trigger.body.id + 1` calculated with a number of more digits than it could keep, so digits were lost.",
    },
  ]);
});

it("keeps a step's warnings while it waits for its next try and when it goes on", async () => {
  let refusals = 1;
  runs.sink.answer(() => ({ status: refusals-- > 0 ? 503 : 200, body: "{}" }));
  const rows = await insertFlowRows(
    flowOf([
      {
        kind: "action",
        id: "call",
        name: "call",
        action: "http.request",
        input: {
          method: "POST",
          url: `${runs.sink.url}/again`,
          body: { kind: "json", json: "{{ trigger.body.id * 2 }}" },
        },
        settings: { retry: { attempts: 2, firstMs: 100, factor: 1, maxMs: 100 } },
      },
    ]),
  );
  const { runId } = await insertEventRun(rows, BODY, { job: false });
  await workOnRun(runId);
  expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "retrying" });
  await expect
    .poll(async () => {
      await workOnRun(runId);
      return (await findRun(rows.workspaceId, runId))?.status;
    })
    .toBe("succeeded");
  const [call] = await listStepRuns(rows.workspaceId, runId);
  expect(call).toMatchObject({
    attempts: [{ outcome: "failed" }, { outcome: "done" }],
    warnings: [{ kind: "lost-digits", field: "JSON", source: "trigger.body.id * 2" }],
  });
});

it("marks a run, also in lists, whose body is not what its headers say, and no other", async () => {
  const rows = await insertFlowRows(
    flowOf([runs.post("marked", { retry: { attempts: 2, firstMs: 100, factor: 1, maxMs: 100 } })]),
  );
  runs.sink.answer((_hit, count) => ({ status: count === 1 ? 503 : 200 }));
  const bodies: [string, string, boolean][] = [
    ["application/json", BODY, false],
    ["text/html", BODY, true],
    ["application/json", "not JSON", true],
    ["application/xml", "<a>1</a>", false],
    ["application/json; charset=utf-16", BODY, true],
  ];
  const expected: [string, boolean][] = [];
  for (const [type, body, deviates] of bodies) {
    const { runId } = await insertEventRun(rows, body, { job: false, headers: [["Content-Type", type]] });
    expected.unshift([runId, deviates]);
    expect((await findRun(rows.workspaceId, runId))?.bodyDeviates, "nobody has looked").toBe(false);
    // It is known with the first way through, and stays when the run goes on from its journal.
    await workOnRun(runId);
    expect(await findRun(rows.workspaceId, runId)).toMatchObject({ status: "retrying", bodyDeviates: deviates });
    await makeStepsDue(runId);
    await pool().query("UPDATE run SET wake_at = now() WHERE id = $1", [runId]);
    await workOnRun(runId);
  }
  const listed = await listRuns(rows.workspaceId, {}, { limit: 10 }, "anybody");
  expect(listed.map(({ id, status, bodyDeviates }) => [id, status, bodyDeviates])).toEqual(
    expected.map(([id, deviates]) => [id, "succeeded", deviates]),
  );
  expect(listed.map((run) => toRun("viewer", run).bodyDeviates)).toEqual(expected.map(([, deviates]) => deviates));
});
