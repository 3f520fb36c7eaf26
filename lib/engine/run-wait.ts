import type { JsonObject } from "#lib/core/json.ts";
import type { Written } from "#lib/core/json-text.ts";
import { DAY } from "#lib/core/units.ts";
import type { StepPlace } from "#lib/engine/run-ports.ts";
import type { StepBase, StepRun } from "#lib/engine/step-kind.ts";
import { beginRow, failStep, type StepResult } from "#lib/engine/step-results.ts";

/** The longest a step may wait. */
export const WAIT_DAYS_MAX = 366;

/** When a step that waits is to go on: an instant in milliseconds, or why that cannot be told. */
export type WaitPlan = { kind: "until"; at: number } | { kind: "failed"; code: string; message: string };

/**
 * Waits until a moment that is computed once and kept: whoever takes the run up again waits for the same one. A moment
 * that is past is no wait. Its output is `{ until }`, the moment in ISO 8601. No place is held meanwhile.
 */
export async function runWait<Shape extends StepBase & { kind: string }>(
  { frame, step, path }: Pick<StepRun<Shape>, "frame" | "step" | "path">,
  plan: (place: StepPlace) => Promise<WaitPlan>,
): Promise<StepResult> {
  const { ports, journal } = frame;
  const saved = journal.find(path);
  const row = saved?.row ?? beginRow(step, path, frame.seqOf(step), ports.now());
  if (row.status === "succeeded") return { kind: "done", output: saved?.output };
  if (row.status === "waiting") {
    if (saved?.due === false) return { kind: "suspended", wakeInMs: row.nextAttemptInMs ?? 0, status: "waiting" };
    return goOn(saved?.output);
  }
  const now = ports.now();
  const planned = await plan(frame.placeOf(path, now));
  if (planned.kind === "failed") return failStep(frame, step, path, planned.code, planned.message);
  const wakeInMs = Math.ceil(planned.at - now.getTime());
  if (wakeInMs > WAIT_DAYS_MAX * DAY)
    return failStep(frame, step, path, "too-long", `It would wait for more than ${WAIT_DAYS_MAX} days.`);
  const output: JsonObject = { until: new Date(planned.at).toISOString() };
  row.outputDataId = journal.keep("output", output);
  if (wakeInMs <= 0) return goOn(output);
  row.status = "waiting";
  row.nextAttemptInMs = wakeInMs;
  journal.record(row);
  return { kind: "suspended", wakeInMs, status: "waiting" };

  function goOn(output: Written | undefined): StepResult {
    row.status = "succeeded";
    row.nextAttemptInMs = null;
    row.finishedAt = ports.now();
    journal.record(row);
    return { kind: "done", output };
  }
}
