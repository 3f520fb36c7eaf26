import { z } from "zod";
import type { Json } from "#lib/core/json.ts";
import { itemsIn, JsonText, type Written } from "#lib/core/json-text.ts";
import { LIST_ITEMS_MAX } from "#lib/core/size-limits.ts";
import type { StepRow } from "#lib/engine/journal-rows.ts";
import type { RunFrame } from "#lib/engine/run-frame.ts";
import type { Scope } from "#lib/engine/run-ports.ts";
import { runSideBySide } from "#lib/engine/side-by-side.ts";
import { defineStepKind, type StepBase, type StepRun } from "#lib/engine/step-kind.ts";
import { beginRow, endWithRun, mergeSuspensions, type StepResult, whyStopped } from "#lib/engine/step-results.ts";
import { keepWarnings } from "#lib/engine/step-warnings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** Runs `steps` once per item of the list that `items` evaluates to. */
export type StepShape = StepBase & {
  kind: "forEach";
  items: string;
  concurrency: number;
  onItemError: "stop" | "continue";
  steps: Step[];
};

/** The kind of step that does the same for every item of a list. */
export const kind = defineStepKind<StepShape>({
  kind: "forEach",
  title: "For each",
  icon: "repeat",
  choice: {
    does: "For each item of a list",
    detail: "The same steps for every item",
    synonyms: ["loop", "repeat", "iterate", "list", "items", "array"],
    idBase: "each",
  },
  schema: ({ base, expression, steps }) =>
    z.strictObject({
      ...base,
      kind: z.literal("forEach"),
      items: expression,
      concurrency: z.int().min(1).max(20),
      onItemError: z.enum(["stop", "continue"]),
      steps,
    }),
  blank: () => ({ kind: "forEach", items: "", concurrency: 1, onItemError: "stop", steps: [] }),
  hasOutput: true,
  repeats: true,
  resumesFromInput: true,
  lists: ({ steps }) => [{ path: ["steps"], steps, label: "for each", spoken: "for each item" }],
  expressions: ({ items }) => [{ path: ["items"], source: items, what: "the list to go through" }],
  values: (step) =>
    new Map<string, Json>([
      ["items", step.items],
      ["at once", step.concurrency],
      ["when an item fails", step.onItemError],
    ]),
  run: runForEach,

  async rehearse({ step, path, scope, keep, evaluate, walk }) {
    const found = step.items.trim() === "" ? null : await evaluate(step.items);
    const items = found?.kind === "value" ? (itemsIn(found.value, LIST_ITEMS_MAX) ?? []) : [];
    const example = { count: items.length, succeeded: items.length, failed: 0, items: [] as Written[] };
    const line = `${items.length} ${items.length === 1 ? "item" : "items"} in this sample`;
    keep({
      output: example,
      provenance: "example",
      card: { line: found === null ? "no list yet" : line, problem: null },
    });
    const body = await walk(step.steps, `${path}/[0]`, { ...scope, item: items[0] ?? null, index: 0 }, items.length);
    return { [step.id]: { ...example, items: items.length > 0 ? [body] : [] } };
  },

  check(step, { report }) {
    if (step.steps.length === 0) report("empty-loop", [], {}, "warning");
  },
});

/**
 * Runs the body once per item, at most `concurrency` at a time, in order of the list. The list is kept when it is first
 * evaluated: going on later loops over the same items. An item that waits for a retry does not hold up the others.
 */
async function runForEach({ frame, step, path, scope, runSteps }: StepRun<StepShape>): Promise<StepResult> {
  const { ports, journal } = frame;
  const saved = journal.find(path);
  if (saved?.row.status === "succeeded") return { kind: "done", output: saved.output };
  const row = saved?.row ?? beginRow(step, path, frame.seqOf(step), ports.now());
  const kept = saved?.input === undefined ? null : itemsIn(saved.input, LIST_ITEMS_MAX);
  const list = kept === null ? await readItems(frame, step, row, scope) : { kind: "items" as const, items: kept };
  if (list.kind === "failed") return endFailed(frame, row, list.code, list.message);
  if (row.inputDataId === null) row.inputDataId = journal.keep("input", [...list.items]);
  row.status = "running";
  row.errorCode = row.errorMessage = null;
  row.finishedAt = null;
  journal.record(row);

  const results = await runItems({ frame, step, path, scope, runSteps }, list.items);
  const stopped = results.find((result) => result?.kind === "stopped");
  if (stopped !== undefined) {
    endWithRun(row, ports.now(), whyStopped(stopped, `at item ${results.indexOf(stopped)}`));
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

async function readItems(frame: RunFrame, step: StepShape, row: StepRow, scope: Scope) {
  const outcome = await frame.ports.evaluate(
    step.items,
    scope,
    frame.placeOf(row.path, row.startedAt ?? frame.ports.now()),
  );
  if (outcome.kind === "failed")
    return { kind: "failed" as const, code: outcome.code, message: `The list of items failed: ${outcome.message}` };
  const found = outcome.kind === "nothing" ? null : outcome.value;
  if (outcome.kind === "value" && outcome.losesDigits === true)
    row.warnings = keepWarnings([{ kind: "lost-digits", field: "The list of items", source: step.items }]);
  const items = itemsIn(found, LIST_ITEMS_MAX);
  if (items === null)
    return {
      kind: "failed" as const,
      code: "too-many-items",
      message: `The list has ${countOf(found)} items; a loop takes at most ${LIST_ITEMS_MAX}.`,
    };
  return { kind: "items" as const, items };
}

function countOf(list: Written): number {
  return list instanceof JsonText ? list.itemCount : Array.isArray(list) ? list.length : 1;
}

/** One result per item, undefined for items never begun because one before them ended the loop. */
function runItems({ frame, step, path, scope, runSteps }: StepRun<StepShape>, items: readonly Written[]) {
  return runSideBySide(frame, {
    count: items.length,
    atOnce: step.concurrency,
    run: (inner, index) => {
      const place = `${path}/[${index}]`;
      const { callbacks } = frame.callbacks(step.steps, place);
      const run =
        callbacks === undefined ? scope.run : { ...scope.run, callbacks: { ...scope.run.callbacks, ...callbacks } };
      return runSteps(inner, step.steps, place, { ...scope, run, item: items[index] ?? null, index });
    },
    endsAt: (result) =>
      (result.kind === "failed" && step.onItemError === "stop") ||
      (result.kind === "suspended" && result.status === "queued"),
  });
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
