import type { WrittenObject } from "#lib/core/json-text.ts";
import { shownOutputs } from "#lib/engine/exact-answers.ts";
import { walkSteps } from "#lib/engine/flow-definition.ts";
import { idempotencyKey } from "#lib/engine/idempotency-key.ts";
import type { RunJournal } from "#lib/engine/run-journal.ts";
import type { RunPorts, StepPlace } from "#lib/engine/run-ports.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** What all steps of one run share while a worker is on it. */
export type RunFrame = {
  ports: RunPorts;
  journal: RunJournal;
  /** Whether steps run side by side at this place. */
  isConcurrent: boolean;
  seqOf(step: { id: string }): number;
  /** Outputs by step id as later steps see them. */
  shown(outputs: WrittenObject): WrittenObject;
  placeOf(path: string, now: Date): StepPlace;
  countEffect(kind: string): void;
};

/** Makes the frame of one run; `counts` collects how many effects of each kind were done. */
export function createRunFrame(
  run: { id: string; originRunId: string; steps: Step[] },
  ports: RunPorts,
  journal: RunJournal,
  counts: Record<string, number>,
): RunFrame {
  let seqs: Map<string, number> | null = null;
  return {
    ports,
    journal,
    isConcurrent: false,
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
    countEffect(kind) {
      if (kind !== "value") counts[kind] = (counts[kind] ?? 0) + 1;
    },
  };
}
