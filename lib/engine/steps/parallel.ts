import { z } from "zod";
import { isWrittenObject, type WrittenObject } from "#lib/core/json-text.ts";
import { runSideBySide } from "#lib/engine/side-by-side.ts";
import { defineStepKind, type StepBase, type StepRun } from "#lib/engine/step-kind.ts";
import { beginRow, endWithRun, mergeSuspensions, type StepResult, whyStopped } from "#lib/engine/step-results.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

const BRANCHES_MAX = 20;

/** Runs all of its branches side by side; later steps see what every one of them gave. */
export type StepShape = StepBase & {
  kind: "parallel";
  branches: { id: string; name: string; steps: Step[] }[];
};

/** The kind of step that runs several branches side by side. */
export const kind = defineStepKind<StepShape>({
  kind: "parallel",
  title: "Parallel",
  icon: "git-fork",
  choice: {
    does: "Do several things at once",
    detail: "Branches that run side by side",
    synonyms: ["parallel", "concurrent", "fork", "join", "together", "fan out"],
    idBase: "parallel",
  },
  schema: ({ base, stepId, name, steps }) =>
    z.strictObject({
      ...base,
      kind: z.literal("parallel"),
      branches: z
        .array(z.strictObject({ id: stepId, name, steps }))
        .min(1)
        .max(BRANCHES_MAX),
    }),
  blank: (freshId) => ({
    kind: "parallel",
    branches: [1, 2].map((number) => ({ id: freshId("way"), name: `Branch ${number}`, steps: [] })),
  }),
  hasOutput: true,
  sideBySide: true,
  lists: (step) =>
    step.branches.map(({ name, steps }, index) => ({
      path: ["branches", index, "steps"],
      steps,
      label: name,
      spoken: `side by side, ${name}`,
    })),
  ids: (step) => step.branches.map(({ id }, index) => ({ path: ["branches", index, "id"], id })),
  values: (step) => new Map(step.branches.map(({ id, name }) => [`branch ${id} name`, name])),
  run: runParallel,

  async rehearse({ step, path, scope, keep, walk }) {
    const output = { branches: step.branches.length };
    const line = step.branches.length === 1 ? "one branch" : `${step.branches.length} branches at once`;
    keep({ output, card: { line, problem: null } });
    const inside: WrittenObject = {};
    for (const { steps } of step.branches) Object.assign(inside, await walk(steps, path, scope));
    return { [step.id]: output, ...inside };
  },

  check(step, { report }) {
    const seen = new Set<string>();
    for (const [index, { id }] of step.branches.entries()) {
      if (seen.has(id)) report("same-way", ["branches", index, "id"], { id });
      seen.add(id);
    }
    if (step.branches.every(({ steps }) => steps.length === 0)) report("empty-branch", [], {}, "warning");
  },
});

/**
 * Walks every branch as far as it goes, and ends when all have ended: with what they gave, or as the first one that
 * failed. A branch that fails cuts none of the others off; one that waits holds up nobody but the join.
 */
async function runParallel({ frame, step, path, scope, runSteps }: StepRun<StepShape>): Promise<StepResult> {
  const { ports, journal } = frame;
  const saved = journal.find(path);
  const isJoined = saved?.row.status === "succeeded";
  const row = saved?.row ?? beginRow(step, path, frame.seqOf(step), ports.now());
  if (!isJoined) {
    row.status = "running";
    row.errorCode = row.errorMessage = row.finishedAt = null;
    journal.record(row);
  }
  const results = await runSideBySide(frame, {
    count: step.branches.length,
    atOnce: BRANCHES_MAX,
    run: (inner, index) => runSteps(inner, step.branches[index]?.steps ?? [], path, scope),
    endsAt: () => false,
  });
  const stopped = results.find((result) => result?.kind === "stopped");
  if (stopped !== undefined) {
    const { name = "" } = step.branches[results.indexOf(stopped)] ?? {};
    endWithRun(row, ports.now(), whyStopped(stopped, `in "${name}"`));
    journal.record(row);
    return stopped;
  }
  const suspension = mergeSuspensions(results.filter((result) => result?.kind === "suspended"));
  if (suspension !== null) return suspension;
  const failed = results.find((result) => result?.kind === "failed");
  if (failed !== undefined) {
    const name = step.branches[results.indexOf(failed)]?.name;
    row.status = "failed";
    row.errorCode = failed.code;
    row.errorMessage = `Branch "${name}" failed: ${failed.message}`;
    row.finishedAt = ports.now();
    journal.record(row);
    return failed;
  }
  const output = { branches: step.branches.length };
  const inner: WrittenObject = {};
  for (const result of results)
    if (result?.kind === "done" && isWrittenObject(result.output)) Object.assign(inner, result.output);
  if (!isJoined) {
    row.status = "succeeded";
    row.outputDataId = journal.keep("output", output);
    row.finishedAt = ports.now();
    journal.record(row);
  }
  return { kind: "done", output, inner };
}
