import { z } from "zod";
import { isJsonObject } from "#lib/core/json.ts";
import { isWrittenObject, readWritten, type Written, type WrittenObject } from "#lib/core/json-text.ts";
import { isTruthy } from "#lib/engine/is-truthy.ts";
import { defineStepKind, type StepBase, type StepRun } from "#lib/engine/step-kind.ts";
import { beginRow, failStep, markPassed, type StepResult } from "#lib/engine/step-results.ts";
import { keepWarnings, type StepWarning } from "#lib/engine/step-warnings.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/** The first case whose expression is true is taken; else `otherwise`. */
export type StepShape = StepBase & {
  kind: "branch";
  cases: { id: string; name: string; when: string; steps: Step[] }[];
  otherwise: Step[];
};

/** The kind of step that runs one of several branches. */
export const kind = defineStepKind<StepShape>({
  kind: "branch",
  title: "Branch",
  icon: "split",
  choice: {
    does: "Only continue if… / branch",
    detail: "Different steps for different events",
    synonyms: ["if", "else", "condition", "filter", "switch", "case", "only"],
    idBase: "branch",
  },
  schema: ({ base, stepId, name, expression, steps }) =>
    z.strictObject({
      ...base,
      kind: z.literal("branch"),
      cases: z
        .array(z.strictObject({ id: stepId, name, when: expression, steps }))
        .min(1)
        .max(20),
      otherwise: steps,
    }),
  blank: (freshId) => ({
    kind: "branch",
    cases: [{ id: freshId("case"), name: "If", when: "", steps: [] }],
    otherwise: [],
  }),
  hasOutput: true,
  lists: (step) => [
    ...step.cases.map(({ name, steps }, index) => ({
      path: ["cases", index, "steps"],
      steps,
      label: name,
      spoken: `if ${name}`,
    })),
    { path: ["otherwise"], steps: step.otherwise, label: "Otherwise", spoken: "otherwise" },
  ],
  ids: (step) => step.cases.map(({ id }, index) => ({ path: ["cases", index, "id"], id })),
  expressions: (step) =>
    step.cases.map(({ name, when }, index) => ({
      path: ["cases", index, "when"],
      source: when,
      what: `a condition for "${name}"`,
    })),
  values: (step) =>
    new Map(
      step.cases.flatMap(({ id, name, when }) => [
        [`case ${id} condition`, when],
        [`case ${id} name`, name],
      ]),
    ),
  run: runBranch,

  async rehearse({ step, path, scope, keep, walk }) {
    const line = step.cases.length === 1 ? "one condition" : `${step.cases.length} conditions`;
    keep({ output: { case: null }, card: { line, problem: null } });
    const inside: WrittenObject = {};
    for (const steps of [...step.cases.map((one) => one.steps), step.otherwise])
      Object.assign(inside, await walk(steps, path, scope));
    return { [step.id]: { case: step.cases[0]?.id ?? null }, ...inside };
  },

  check(step, { report }) {
    const seen = new Set<string>();
    for (const [index, { id }] of step.cases.entries()) {
      if (seen.has(id)) report("same-way", ["cases", index, "id"], { id });
      seen.add(id);
    }
    if (step.otherwise.length === 0 && step.cases.every(({ steps }) => steps.length === 0))
      report("empty-branch", [], {}, "warning");
  },
});

/** Takes the first case that is true; the choice is kept, so a retry later in the branch cannot change it. */
async function runBranch({ frame, step, path, scope, runSteps }: StepRun<StepShape>): Promise<StepResult> {
  const { ports, journal } = frame;
  const saved = journal.find(path);
  let taken = saved?.row.status === "succeeded" ? readChoice(saved.output) : undefined;
  // Another version may not have that way any more.
  if (taken != null && !step.cases.some(({ id }) => id === taken)) taken = undefined;
  if (taken === undefined) {
    const row = beginRow(step, path, frame.seqOf(step), ports.now());
    const place = frame.placeOf(path, row.startedAt ?? ports.now());
    taken = null;
    const lossy: StepWarning[] = [];
    for (const one of step.cases) {
      const outcome = await ports.evaluate(one.when, scope, { ...place, seed: `${place.seed}/${one.id}` });
      if (outcome.kind === "failed") {
        const message = `The condition of "${one.name}" failed: ${outcome.message}`;
        return failStep(frame, step, path, outcome.code, message);
      }
      if (outcome.kind === "value" && outcome.losesDigits === true)
        lossy.push({ kind: "lost-digits", field: `The condition of "${one.name}"`, source: one.when });
      if (outcome.kind === "value" && isTruthy(outcome.value)) {
        taken = one.id;
        break;
      }
    }
    row.status = "succeeded";
    row.warnings = keepWarnings(lossy);
    row.outputDataId = journal.keep("output", { case: taken });
    row.finishedAt = ports.now();
    journal.record(row);
  }
  const passed = step.cases.filter(({ id }) => id !== taken).map(({ steps }) => steps);
  if (taken !== null) passed.push(step.otherwise);
  for (const one of passed.flat()) {
    const at = `${path}/${one.id}`;
    if (journal.find(at) === null) markPassed(frame, one, at, "skipped");
  }
  const chosen = taken === null ? step.otherwise : (step.cases.find((one) => one.id === taken)?.steps ?? []);
  const result = await runSteps(frame, chosen, path, scope);
  if (result.kind !== "done") return result;
  return { kind: "done", output: { case: taken }, inner: isWrittenObject(result.output) ? result.output : {} };
}

/** The case a branch took (null: none), as it was kept; undefined for anything else. */
function readChoice(output: Written | undefined): string | null | undefined {
  const kept = output === undefined ? null : readWritten(output);
  const taken = isJsonObject(kept) ? kept["case"] : undefined;
  return taken === null || typeof taken === "string" ? taken : undefined;
}
