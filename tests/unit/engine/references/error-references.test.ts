import { expect, it } from "vitest";
import { checkFlow } from "#lib/engine/check-flow.ts";
import { diffFlows } from "#lib/engine/edit/diff-flows.ts";
import { layoutFlow } from "#lib/engine/edit/layout-flow.ts";
import { withOnError, withWhen } from "#lib/engine/edit/step-rules.ts";
import { changeStep } from "#lib/engine/edit/step-tree.ts";
import { visibleSteps } from "#lib/engine/edit/visible-steps.ts";
import { judgeReferences } from "#lib/engine/references/judge-references.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { call, flowOf } from "#tests/support/memory-run.ts";

const loop: Step = {
  kind: "forEach",
  id: "each",
  name: "Each",
  items: "[1]",
  concurrency: 1,
  onItemError: "stop",
  steps: [call("inside")],
  settings: { onError: "path" },
  errorSteps: [call("tell"), call("tell_more")],
};
const flow = flowOf([call("first"), loop, call("after")]);

const codes = (stepId: string, root: string, ...path: string[]) =>
  judgeReferences(flow, stepId, [{ root, path, position: 0, guarded: false }], []).map(({ code }) => code);

it("knows error in an error path and nowhere else, and what it has", () => {
  expect(codes("tell", "error", "message")).toEqual([]);
  expect(codes("tell", "error")).toEqual([]);
  expect(codes("tell", "error", "reason")).toEqual(["unknown-member"]);
  for (const id of ["first", "each", "inside", "after"])
    expect(codes(id, "error", "message"), id).toEqual(["outside-error-path"]);
});

it("sees in an error path what was before the step, not the step nor its items; later steps see the path", () => {
  expect(codes("tell", "steps", "first")).toEqual([]);
  expect(codes("tell", "steps", "each")).toEqual(["step-failed"]);
  expect(codes("tell", "item")).toEqual(["outside-loop"]);
  expect(codes("tell_more", "steps", "tell")).toEqual([]);
  expect(codes("tell", "steps", "inside")).toEqual(["step-inside-loop"]);
  expect(codes("after", "steps", "tell")).toEqual([]);
  expect(codes("after", "steps", "inside")).toEqual(["step-inside-loop"]);
  expect(visibleSteps(flow, "tell")).toMatchObject({ loop: null, failed: { id: "each" } });
});

it("tells that a branch cannot read what runs beside it, and that later steps can", () => {
  const branches = ["a", "b"].map((id) => ({ id: `way_${id}`, name: id, steps: [call(id)] }));
  const both = flowOf([{ kind: "parallel", id: "both", name: "Both", branches }, call("after")]);
  const found = (stepId: string, id: string) =>
    judgeReferences(both, stepId, [{ root: "steps", path: [id], position: 0, guarded: false }], []).map(
      ({ code }) => code,
    );
  expect([found("b", "a"), found("a", "b")]).toEqual([["step-later"], ["step-later"]]);
  expect([found("after", "a"), found("after", "b"), found("after", "both")]).toEqual([[], [], []]);
});

it("checks the condition of a step with its other expressions, and an empty error path", () => {
  const world = { now: new Date(0), getAction: () => null, findConnection: () => null, findEndpoint: () => null };
  const { problems, expressions } = checkFlow(
    flowOf([
      { kind: "stop", id: "end", name: "End", outcome: "failed", reason: "", when: "trigger.body.bad" },
      { ...loop, errorSteps: [] },
    ]),
    world,
  );
  expect(expressions).toContainEqual({
    source: "trigger.body.bad",
    path: ["steps", 0, "when"],
    stepId: "end",
    offset: 0,
  });
  const found = problems.map(({ code, severity }) => `${code} ${severity}`);
  expect(found).toContain("empty-error-path warning");
  // A stop step with a condition does not always end the run.
  expect(found.join()).not.toContain("never-runs");
});

it("says what changed about a step, and drops an error path whole", () => {
  const changed = changeStep(flow, "first", (step) => withWhen(withOnError(step, "continue"), "true"));
  expect(diffFlows(flow, changed).map(({ sentence }) => sentence)).toEqual([
    '"first" · only when: nothing → "true"',
    '"first" · when it fails: nothing → "continue"',
  ]);
  const without = withOnError(loop, "stop");
  expect(without).not.toHaveProperty("errorSteps");
  expect(without).not.toHaveProperty("settings");
  expect(withOnError(without, "path")).toMatchObject({ settings: { onError: "path" }, errorSteps: [] });
});

it("draws an error path beside its step, over nothing else", () => {
  const { cards, lines } = layoutFlow(flow);
  expect(cards.map(({ id }) => id)).toEqual(["trigger", "first", "each", "inside", "tell", "tell_more", "after"]);
  const at = (id: string) => cards.find((card) => card.id === id) ?? { x: 0, y: 0 };
  expect(at("tell").x).toBeGreaterThan(at("inside").x + 280);
  expect(at("after").y).toBeGreaterThan(Math.max(at("inside").y, at("tell_more").y) + 64);
  expect(at("after").x).toBe(at("first").x);
  expect(lines.filter(({ aside }) => aside).map(({ label }) => label)).toEqual(["If it fails"]);
});
