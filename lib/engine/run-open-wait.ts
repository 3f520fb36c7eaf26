import { isJsonObject, type Json, type JsonObject } from "#lib/core/json.ts";
import type { Written } from "#lib/core/json-text.ts";
import type { StepPlace } from "#lib/engine/run-ports.ts";
import type { StepBase, StepRun } from "#lib/engine/step-kind.ts";
import { beginRow, type StepResult } from "#lib/engine/step-results.ts";

/** What a step waits for that comes from outside. */
export type OpenWaitPlan = {
  /** At most this long, from when it is reached. */
  waitMs: number;
  /** What is kept with the wait for whoever answers; asked for once, when the step is reached. */
  asked(place: StepPlace): Promise<JsonObject>;
  /** What becomes of the step when nothing came in time. */
  onTimeout: { kind: "fail"; message: string } | { kind: "output"; output: Written };
};

/**
 * Waits for something from outside, which may be there before the step is. Its output is what came. No place is held
 * meanwhile; whoever brings it wakes the run. A step that failed for lack of it waits anew when its run is resumed.
 */
export async function runOpenWait<Shape extends StepBase & { kind: string }>(
  { frame, step, path }: Pick<StepRun<Shape>, "frame" | "step" | "path">,
  plan: OpenWaitPlan,
): Promise<StepResult> {
  const { ports, journal } = frame;
  const saved = journal.find(path);
  const row = saved?.row ?? beginRow(step, path, frame.seqOf(step), ports.now());
  if (row.status === "succeeded") return { kind: "done", output: saved?.output };
  if (row.status === "failed") return failed(row.errorCode ?? "timed-out", row.errorMessage ?? "Nothing came in time.");
  const isBegun = row.status === "waiting";
  const asked = isBegun ? null : await plan.asked(frame.placeOf(path, ports.now()));
  const wait = await ports.openWait({ path, kind: step.kind, asked, waitMs: plan.waitMs });
  if (wait.kind === "answered") return goOn(wait.answer);
  if (wait.kind === "timed out") {
    if (plan.onTimeout.kind === "output") return goOn(plan.onTimeout.output);
    row.status = "failed";
    row.errorCode = "timed-out";
    row.errorMessage = plan.onTimeout.message;
    end();
    return failed("timed-out", plan.onTimeout.message);
  }
  row.status = "waiting";
  row.errorCode = row.errorMessage = row.finishedAt = null;
  row.nextAttemptInMs = wait.dueInMs;
  journal.record(row);
  return { kind: "suspended", wakeInMs: wait.dueInMs, status: "waiting" };

  function goOn(output: Written): StepResult {
    row.status = "succeeded";
    row.errorCode = row.errorMessage = null;
    row.outputDataId = journal.keep("output", output);
    end();
    return { kind: "done", output };
  }

  function end(): void {
    row.nextAttemptInMs = null;
    row.finishedAt = ports.now();
    journal.record(row);
  }

  function failed(code: string, message: string): StepResult {
    return { kind: "failed", path, code, message };
  }
}

/** The question that is kept with a wait, from its JSON text; null where there is none. */
export function readQuestion(asked: Json): string | null {
  const question = isJsonObject(asked) ? asked["question"] : null;
  return typeof question === "string" ? question : null;
}
