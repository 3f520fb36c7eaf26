import { z } from "zod";
import { defineStepKind, type StepParts } from "#lib/engine/step-kind.ts";
import { beginRow } from "#lib/engine/step-results.ts";

const schema = ({ base }: Pick<StepParts, "base">) =>
  z.strictObject({
    ...base,
    kind: z.literal("stop"),
    outcome: z.enum(["succeeded", "failed", "filtered"]),
    reason: z.string().max(500),
  });

/** Ends the run with a reason. */
export type StepShape = z.infer<ReturnType<typeof schema>>;

/** The kind of step that ends a run. */
export const kind = defineStepKind<StepShape>({
  kind: "stop",
  title: "Stop",
  icon: "square",
  choice: {
    does: "Stop here",
    detail: "End the run with a reason",
    synonyms: ["end", "exit", "return", "finish", "cancel"],
    idBase: "stop",
  },
  schema,
  blank: () => ({ kind: "stop", outcome: "succeeded", reason: "" }),
  hasOutput: false,
  endsRun: true,
  values: (step) =>
    new Map([
      ["outcome", step.outcome],
      ["reason", step.reason],
    ]),

  run({ frame, step, path }) {
    const now = frame.ports.now();
    const row = { ...beginRow(step, path, frame.seqOf(step), now), status: "succeeded" as const, finishedAt: now };
    row.outputDataId = frame.journal.keep("output", { outcome: step.outcome, reason: step.reason });
    frame.journal.record(row);
    return { kind: "stopped", path, outcome: step.outcome, reason: step.reason };
  },

  async rehearse({ step, keep }) {
    keep({ card: { line: `${step.outcome}${step.reason ? `: ${step.reason}` : ""}`, problem: null } });
    return {};
  },
});
