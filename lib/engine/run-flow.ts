import type { WrittenObject } from "#lib/core/json-text.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";
import { isTruthy } from "#lib/engine/is-truthy.ts";
import type { RunChange, SavedStep } from "#lib/engine/journal-rows.ts";
import { createRunFrame, type RunFrame } from "#lib/engine/run-frame.ts";
import { createRunJournal, type RunJournal } from "#lib/engine/run-journal.ts";
import type { RunPorts, Scope } from "#lib/engine/run-ports.ts";
import { runSteps } from "#lib/engine/run-steps.ts";
import type { StepResult } from "#lib/engine/step-results.ts";

const NAME_CHARS_MAX = 120;

/** One run as a worker takes it up. */
export type RunInput = {
  id: string;
  originRunId: string;
  attempt: number;
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
  const frame = createRunFrame(
    { id: run.id, originRunId: run.originRunId, steps: run.definition.steps },
    ports,
    journal,
    counts,
  );
  const scope: Scope = {
    trigger: run.trigger,
    steps: {},
    vars: run.vars,
    run: { id: run.id, attempt: run.attempt, flow: run.flowName },
  };
  const walked = await walk(run, frame, journal, scope, counts);
  const ending: RunEnding = run.trigger["notes"] === undefined ? walked : { ...walked, bodyDeviates: true };
  await journal.close(ending);
  return ending;
}

async function walk(
  run: RunInput,
  frame: RunFrame,
  journal: RunJournal,
  scope: Scope,
  counts: Record<string, number>,
): Promise<RunEnding> {
  if (journal.isFresh()) {
    const unwanted = await applyFilter(run, frame, scope);
    if (unwanted !== null) return unwanted;
  }
  if (run.name === null && run.definition.runName.trim() !== "") {
    const name = await frame.ports.renderName(run.definition.runName, scope, frame.placeOf("$name", frame.ports.now()));
    if (name !== null) journal.setName([...name].slice(0, NAME_CHARS_MAX).join(""));
  }
  return endingOf(await runSteps(frame, run.definition.steps, "", scope), counts);
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
