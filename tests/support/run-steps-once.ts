import type { Json } from "#lib/core/json.ts";
import { pool } from "#lib/db/pool.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
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
  const steps = await pool().query(
    "SELECT s.path, d.data FROM step_run s JOIN step_data d ON d.id = s.output_data_id WHERE s.run_id = $1",
    [runId],
  );
  const [row] = run.rows as { status: string; error_message: string | null }[];
  return {
    runId,
    status: row?.status ?? "",
    error: row?.error_message ?? null,
    outputs: Object.fromEntries(
      (steps.rows as { path: string; data: string }[]).map(({ path, data }) => [path, JSON.parse(data) as Json]),
    ),
  };
}
