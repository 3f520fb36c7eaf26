import type { Json } from "#lib/core/json.ts";
import { pool } from "#lib/db/pool.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { keptSteps, keptValues } from "./kept-journal.ts";
import { flowOf } from "./memory-run.ts";
import { insertEventRun, insertFlowRows } from "./run-rows.ts";
import { workOnRun } from "./work-on-run.ts";

/** What a run came to, as it is stored. `outputs` by step path. */
export type RunResult = {
  runId: string;
  status: string;
  error: string | null;
  outputs: Record<string, Json>;
};

/** Runs these steps once on an event with this body, inside the test's own process, until they end or wait. */
export async function runStepsOnce(steps: Step[], body: Json): Promise<RunResult> {
  const rows = await insertFlowRows(flowOf(steps));
  const { runId } = await insertEventRun(rows, JSON.stringify(body), { job: false });
  await workOnRun(runId);
  return readRunResult(runId);
}

/** A run's state and outputs from the database. */
export async function readRunResult(runId: string): Promise<RunResult> {
  const run = await pool().query("SELECT status, error_message FROM run WHERE id = $1", [runId]);
  const values = new Map((await keptValues(runId)).map((value) => [value.id, value.data]));
  const outputs = (await keptSteps(runId)).flatMap(({ path, outputDataId }) => {
    const data = outputDataId === null ? undefined : values.get(outputDataId);
    return data === undefined ? [] : [[path, JSON.parse(data) as Json] as const];
  });
  const [row] = run.rows as { status: string; error_message: string | null }[];
  return {
    runId,
    status: row?.status ?? "",
    error: row?.error_message ?? null,
    outputs: Object.fromEntries(outputs),
  };
}
