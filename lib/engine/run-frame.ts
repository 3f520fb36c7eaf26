import type { JsonObject } from "#lib/core/json.ts";
import type { WrittenObject } from "#lib/core/json-text.ts";
import { callbacksOf, hasCallbacks } from "#lib/engine/callback-links.ts";
import { shownOutputs } from "#lib/engine/exact-answers.ts";
import { walkSteps } from "#lib/engine/flow-definition.ts";
import { idempotencyKey } from "#lib/engine/idempotency-key.ts";
import type { RunJournal } from "#lib/engine/run-journal.ts";
import type { RunPorts, StepPlace } from "#lib/engine/run-ports.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { Turns } from "#lib/engine/turns.ts";

const EFFECTS_AT_ONCE_MAX = 20;

/** What all steps of one run share while a worker is on it. */
export type RunFrame = {
  ports: RunPorts;
  journal: RunJournal;
  /** Whether steps run side by side at this place. */
  isConcurrent: boolean;
  /** Whether a stop step has ended the run beside this place: no further step begins. */
  isStopped(): boolean;
  /** Whether the run has used up its time: no effect begins any more. */
  isOverdue(): boolean;
  /** The turns that effects take: a run performs at most 20 at a time, whatever stands side by side in it. */
  turns: Turns;
  seqOf(step: { id: string }): number;
  /** Outputs by step id as later steps see them. */
  shown(outputs: WrittenObject): WrittenObject;
  placeOf(path: string, now: Date): StepPlace;
  /** What expressions see of the links of these steps below `run`; nothing where there are none. */
  callbacks(steps: readonly Step[], parent: string): { callbacks?: JsonObject };
  countEffect(kind: string): void;
};

/** Makes the frame of one run; `counts` collects how many effects of each kind were done. */
export function createRunFrame(
  run: { id: string; originRunId: string; steps: Step[]; dueAtMs: number | null },
  ports: RunPorts,
  journal: RunJournal,
  counts: Record<string, number>,
): RunFrame {
  let seqs: Map<string, number> | null = null;
  return {
    ports,
    journal,
    isConcurrent: false,
    isStopped: () => false,
    isOverdue: () => run.dueAtMs !== null && ports.now().getTime() >= run.dueAtMs,
    turns: new Turns(EFFECTS_AT_ONCE_MAX),
    shown: (outputs) => shownOutputs(run.steps, outputs),
    seqOf(step) {
      seqs ??= new Map([...walkSteps(run.steps)].map(({ step: each }, index) => [each.id, index]));
      return seqs.get(step.id) ?? 0;
    },
    placeOf: (path, now) => ({
      stepPath: path,
      idempotencyKey: idempotencyKey((text) => ports.hash(text), run.originRunId, path),
      now,
      seed: `${run.originRunId}/${path}`,
    }),
    callbacks: (steps, parent) =>
      hasCallbacks(steps)
        ? { callbacks: callbacksOf(steps, parent, (path, link) => ports.callbackUrl(path, link)) }
        : {},
    countEffect(kind) {
      if (kind !== "value") counts[kind] = (counts[kind] ?? 0) + 1;
    },
  };
}
