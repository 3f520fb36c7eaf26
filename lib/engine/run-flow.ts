import type { WrittenObject } from "#lib/core/json-text.ts";
import { SECOND } from "#lib/core/units.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { isTruthy } from "#lib/engine/is-truthy.ts";
import type { RunChange, SavedStep } from "#lib/engine/journal-rows.ts";
import { createRunFrame, type RunFrame } from "#lib/engine/run-frame.ts";
import { createRunJournal, type RunJournal } from "#lib/engine/run-journal.ts";
import type { RunPorts, Scope } from "#lib/engine/run-ports.ts";
import { runSteps } from "#lib/engine/run-steps.ts";
import type { StepResult } from "#lib/engine/step-results.ts";

const NAME_CHARS_MAX = 120;

/** The error code of a run whose time was up. */
export const RUN_TIMEOUT = "run-timeout";

/** One run as a worker takes it up. */
export type RunInput = {
  id: string;
  originRunId: string;
  attempt: number;
  /** When the run was made, in Unix milliseconds: its time counts from then. */
  madeAtMs: number;
  flowName: string;
  /** Null until the name was evaluated. */
  name: string | null;
  definition: FlowDefinition;
  trigger: WrittenObject;
  vars: WrittenObject;
  /** What earlier workers finished or began; empty for a fresh run. */
  saved: readonly SavedStep[];
};

/** How the walk left the run; already written to the journal. */
export type RunEnding = Exclude<RunChange, { kind: "hold" }>;

/**
 * Walks the published tree from its start, passing by what the journal has finished, until the run ends or must wait.
 * Whatever it decides is durable when it returns. Throws LeaseLostError when the run belongs to somebody else by now;
 * any other throw is a fault, after which the run is taken up again from the journal.
 */
export async function runFlow(run: RunInput, ports: RunPorts): Promise<RunEnding> {
  const journal = createRunJournal(ports, run.saved);
  const counts = countSavedEffects(run.saved);
  const dueAtMs = dueAtOf(run);
  const frame = createRunFrame(
    { id: run.id, originRunId: run.originRunId, steps: run.definition.steps, dueAtMs },
    ports,
    journal,
    counts,
  );
  const scope: Scope = {
    trigger: run.trigger,
    steps: {},
    vars: run.vars,
    run: { id: run.id, attempt: run.attempt, flow: run.flowName, ...frame.callbacks(run.definition.steps, "") },
  };
  const walked = wakeInTime(await walk(run, frame, journal, scope, counts), dueAtMs, ports.now());
  const ending: RunEnding = run.trigger["notes"] === undefined ? walked : { ...walked, bodyDeviates: true };
  await journal.close(ending);
  return ending;
}

/** When a run's time is up, in Unix milliseconds; null where it may take as long as it takes. */
export function dueAtOf({ madeAtMs, definition }: Pick<RunInput, "madeAtMs" | "definition">): number | null {
  return definition.timeoutSeconds === undefined ? null : madeAtMs + definition.timeoutSeconds * SECOND;
}

/** A run that waits is taken up when its time is up, whatever it waits for. */
function wakeInTime(ending: RunEnding, dueAtMs: number | null, now: Date): RunEnding {
  if (ending.kind !== "release" || dueAtMs === null) return ending;
  const leftMs = Math.max(0, Math.ceil(dueAtMs - now.getTime()));
  return { ...ending, wakeInMs: Math.min(ending.wakeInMs ?? leftMs, leftMs) };
}

async function walk(
  run: RunInput,
  frame: RunFrame,
  journal: RunJournal,
  scope: Scope,
  counts: Record<string, number>,
): Promise<RunEnding> {
  if (frame.isOverdue()) return timedOut(run, counts);
  if (journal.isFresh()) {
    const unwanted = await applyFilter(run, frame, scope);
    if (unwanted !== null) return unwanted;
  }
  if (run.name === null && run.definition.runName.trim() !== "") {
    const name = await frame.ports.renderText(run.definition.runName, scope, frame.placeOf("$name", frame.ports.now()));
    if (name !== null) journal.setName([...name].slice(0, NAME_CHARS_MAX).join(""));
  }
  const result = await runSteps(frame, run.definition.steps, "", scope);
  return result.kind === "stopped" && result.isOverdue === true ? timedOut(run, counts) : endingOf(result, counts);
}

function timedOut({ definition }: RunInput, counts: Record<string, number>): RunEnding {
  const message = `The run took longer than the ${definition.timeoutSeconds} seconds its flow gives it.`;
  return finish("failed", counts, { code: RUN_TIMEOUT, message, step: null });
}

/** The trigger's filter, asked once before the first step; null when the event is wanted. */
async function applyFilter(run: RunInput, frame: RunFrame, scope: Scope): Promise<RunEnding | null> {
  const { filter } = run.definition.trigger;
  if (filter === null || filter.trim() === "") return null;
  const outcome = await frame.ports.evaluate(filter, scope, frame.placeOf("$filter", frame.ports.now()));
  if (outcome.kind === "failed")
    return finish(
      "failed",
      {},
      { code: outcome.code, message: `The trigger's filter failed: ${outcome.message}`, step: null },
    );
  const wanted = outcome.kind === "value" && isTruthy(outcome.value);
  return wanted
    ? null
    : finish(
        "filtered",
        {},
        { code: "filtered", message: "The trigger's filter did not want this event.", step: null },
      );
}

function endingOf(result: StepResult, counts: Record<string, number>): RunEnding {
  switch (result.kind) {
    case "done":
      return finish("succeeded", counts, null);
    case "failed":
      return finish("failed", counts, { code: result.code, message: result.message, step: result.path });
    case "stopped":
      if (result.outcome === "succeeded") return finish("succeeded", counts, null);
      return finish(result.outcome, counts, {
        code: "stopped",
        message: result.reason === "" ? "A stop step ended the run." : result.reason,
        step: result.outcome === "failed" ? result.path : null,
      });
    case "suspended":
      return {
        kind: "release",
        name: null,
        status: result.status,
        wakeInMs: result.wakeInMs,
        progress: true,
        ...(result.heldBackAt === undefined ? {} : { heldBackAt: result.heldBackAt }),
        errorCode: null,
        errorMessage: null,
      };
  }
}

function finish(
  status: "succeeded" | "failed" | "filtered",
  effectCounts: Record<string, number>,
  error: { code: string; message: string; step: string | null } | null,
): RunEnding {
  return {
    kind: "finish",
    name: null,
    status,
    errorCode: error?.code ?? null,
    errorMessage: error?.message ?? null,
    failedStep: error?.step ?? null,
    effectCounts,
  };
}

function countSavedEffects(saved: readonly SavedStep[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { row, effect } of saved)
    if (row.status === "succeeded" && effect !== undefined) counts[effect.kind] = (counts[effect.kind] ?? 0) + 1;
  return counts;
}
