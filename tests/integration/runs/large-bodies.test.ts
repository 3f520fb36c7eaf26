import { createHash } from "node:crypto";
import { expect, it } from "vitest";
import { MIB } from "#lib/core/units.ts";
import { findRun } from "#lib/db/runs.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { useCalledRuns } from "#tests/support/called-runs.ts";
import { flowOf } from "#tests/support/memory-run.ts";
import { useTestDatabase } from "#tests/support/postgres.ts";
import { insertEventRun, insertFlowRows } from "#tests/support/run-rows.ts";
import { workOnRun } from "#tests/support/work-on-run.ts";

useTestDatabase();
const runs = useCalledRuns();

async function work(steps: Step[], body: string) {
  const rows = await insertFlowRows(flowOf(steps));
  const { runId } = await insertEventRun(rows, body, { job: false });
  await workOnRun(runId);
  return findRun(rows.workspaceId, runId);
}

const compute = (id: string, value: string): Step => ({
  kind: "action",
  id,
  name: id,
  action: "transform",
  input: { value },
});

it.each([1, 5])("passes a body of %i MiB and more on as it came, and through a step", async (mib) => {
  const body = `{"n": 1.0, "d":"${"é".repeat((mib * MIB) / 2)}"}`;
  const again: Step = {
    ...runs.post("again"),
    input: { method: "POST", url: `${runs.sink.url}/again`, body: { kind: "json", json: "[{{ steps.m.all }}]" } },
  } as Step;
  expect(await work([compute("m", '{"all": trigger.body}'), runs.post("whole"), again], body)).toMatchObject({
    status: "succeeded",
    errorMessage: null,
  });
  expect(runs.hitsOf("whole").at(-1)?.bodySha256).toBe(createHash("sha256").update(body).digest("hex"));
  expect(runs.hitsOf("again").at(-1)?.bodySha256).toBe(createHash("sha256").update(`[${body}]`).digest("hex"));
});

it("loops over a list of more than a quarter of a megabyte, and calculates over it", async () => {
  const items = Array.from({ length: 600 }, (_, id) => `{"id":${id}.0,"d":"${"x".repeat(2_000)}"}`);
  const loop: Step = {
    kind: "forEach",
    id: "l",
    name: "l",
    items: "trigger.body.items",
    concurrency: 5,
    onItemError: "stop",
    steps: [compute("one", "item.id")],
  };
  const found = await work(
    [loop, compute("late", "trigger.body.items[id > 597]"), runs.post("end")].map((step) =>
      step.id === "end"
        ? ({
            ...step,
            input: { method: "POST", url: `${runs.sink.url}/end`, body: { kind: "json", json: "{{ steps.late }}" } },
          } as Step)
        : step,
    ),
    `{"items":[${items.join(",")}]}`,
  );
  expect(found).toMatchObject({ status: "succeeded" });
  expect(JSON.parse(runs.hitsOf("end").at(-1)?.body ?? "")).toHaveLength(2);
});
