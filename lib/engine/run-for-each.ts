import { itemsIn, JsonText, type Written } from "#lib/core/json-text.ts";
import type { ForEachStep, Step } from "#lib/engine/flow-definition.ts";
import type { StepRow } from "#lib/engine/journal-rows.ts";
import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { Scope } from "#lib/engine/run-ports.ts";
import { beginRow, endWithRun, mergeSuspensions, type StepResult } from "#lib/engine/step-results.ts";

/** A loop over more items fails before its first item. */
export const LOOP_ITEMS_MAX = 10_000;

type RunSteps = (frame: RunFrame, steps: readonly Step[], parent: string, scope: Scope) => Promise<StepResult>;

/**
 * Runs the body once per item, at most `concurrency` at a time, in order of the list. The list is kept when it is first
 * evaluated: going on later loops over the same items. An item that waits for a retry does not hold up the others.
 */
export async function runForEach(
  frame: RunFrame,
  step: ForEachStep,
  path: string,
  scope: Scope,
  runSteps: RunSteps,
): Promise<StepResult> {
  const { ports, journal } = frame;
  const saved = journal.find(path);
  if (saved?.row.status === "succeeded") return { kind: "done", output: saved.output };
  const row = saved?.row ?? beginRow(step, path, frame.seqOf(step), ports.now());
  const kept = saved?.input === undefined ? null : itemsIn(saved.input, LOOP_ITEMS_MAX);
  const list = kept === null ? await readItems(frame, step, row, scope) : { kind: "items" as const, items: kept };
  if (list.kind === "failed") return endFailed(frame, row, list.code, list.message);
  if (row.inputDataId === null) row.inputDataId = journal.keep("input", [...list.items]);
  row.status = "running";
  row.errorCode = row.errorMessage = null;
  row.finishedAt = null;
  journal.record(row);

  const results = await runItems(
    { ...frame, isConcurrent: frame.isConcurrent || step.concurrency > 1 },
    step,
    path,
    scope,
    list.items,
    runSteps,
  );
  const stopped = results.find((result) => result?.kind === "stopped");
  if (stopped !== undefined) {
    endWithRun(row, ports.now(), `A stop step ended the run at item ${results.indexOf(stopped)}.`);
    journal.record(row);
    return stopped;
  }
  const failed = results.filter((result) => result?.kind === "failed");
  if (step.onItemError === "stop" && failed[0] !== undefined) {
    const first = failed[0];
    endFailed(frame, row, first.code, `Item ${results.indexOf(first)} failed: ${first.message}`);
    return first;
  }
  const suspension = mergeSuspensions(results.filter((result) => result?.kind === "suspended"));
  if (suspension !== null) return suspension;

  const output: Written = {
    count: list.items.length,
    succeeded: list.items.length - failed.length,
    failed: failed.length,
    items: results.map((result) => (result?.kind === "done" ? (result.output ?? {}) : errorOf(result))),
  };
  row.status = "succeeded";
  row.outputDataId = journal.keep("output", output);
  row.finishedAt = ports.now();
  journal.record(row);
  return { kind: "done", output };
}

async function readItems(frame: RunFrame, step: ForEachStep, row: StepRow, scope: Scope) {
  const outcome = await frame.ports.evaluate(
    step.items,
    scope,
    frame.placeOf(row.path, row.startedAt ?? frame.ports.now()),
  );
  if (outcome.kind === "failed")
    return { kind: "failed" as const, code: outcome.code, message: `The list of items failed: ${outcome.message}` };
  const found = outcome.kind === "nothing" ? null : outcome.value;
  const items = itemsIn(found, LOOP_ITEMS_MAX);
  if (items === null)
    return {
      kind: "failed" as const,
      code: "too-many-items",
      message: `The list has ${countOf(found)} items; a loop takes at most ${LOOP_ITEMS_MAX}.`,
    };
  return { kind: "items" as const, items };
}

function countOf(list: Written): number {
  return list instanceof JsonText ? list.itemCount : Array.isArray(list) ? list.length : 1;
}

/** One result per item, undefined for items never begun because one before them ended the loop. */
async function runItems(
  frame: RunFrame,
  step: ForEachStep,
  path: string,
  scope: Scope,
  items: readonly Written[],
  runSteps: RunSteps,
) {
  const results: (StepResult | undefined)[] = new Array<StepResult | undefined>(items.length).fill(undefined);
  let next = 0;
  let ended = false;
  const lane = async () => {
    while (!ended && next < items.length) {
      const index = next;
      next += 1;
      const result = await runSteps(frame, step.steps, `${path}/[${index}]`, {
        ...scope,
        item: items[index] ?? null,
        index,
      });
      results[index] = result;
      if (result.kind === "stopped" || (result.kind === "failed" && step.onItemError === "stop")) ended = true;
      if (result.kind === "suspended" && result.status === "queued") ended = true;
    }
  };
  await Promise.all(Array.from({ length: Math.min(step.concurrency, items.length) }, lane));
  return results;
}

function endFailed(frame: RunFrame, row: StepRow, code: string, message: string): StepResult {
  row.status = "failed";
  row.errorCode = code;
  row.errorMessage = message;
  row.finishedAt = frame.ports.now();
  frame.journal.record(row);
  return { kind: "failed", path: row.path, code, message };
}

function errorOf(result: StepResult | undefined): Written {
  return result?.kind === "failed" ? { error: { code: result.code, message: result.message } } : {};
}
