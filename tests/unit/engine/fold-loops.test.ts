import { expect, test } from "vitest";
import type { StepState } from "#lib/core/states.ts";
import { foldLoops } from "#lib/engine/fold-loops.ts";

function loopOf(items: number, failedItems: readonly number[], inner = ["call"]) {
  const steps: { path: string; kind: string; status: StepState; outputDataId: string | null }[] = [
    { path: "before", kind: "action", status: "succeeded", outputDataId: null },
    { path: "each", kind: "forEach", status: "succeeded", outputDataId: null },
  ];
  for (let item = 0; item < items; item += 1)
    for (const step of inner)
      steps.push({
        path: `each/[${item}]/${step}`,
        kind: "action",
        status: failedItems.includes(item) ? "failed" : "succeeded",
        outputDataId: null,
      });
  return [...steps, { path: "after", kind: "action", status: "succeeded" as StepState, outputDataId: null }];
}

test("shows small loops whole", () => {
  const steps = loopOf(10, []);
  expect(foldLoops(steps, null, null).shown).toEqual(steps);
});

test("folds a big loop to its failed items, counted in all", () => {
  const folded = foldLoops(loopOf(1_000, [4, 700], ["a", "b"]), null, null);
  expect(folded.loops.get("each")).toEqual({ items: 1_000, ok: 998, failed: 2, shown: 2 });
  expect(folded.shown.map((step) => step.path)).toEqual([
    "before",
    "each",
    "each/[4]/a",
    "each/[4]/b",
    "each/[700]/a",
    "each/[700]/b",
    "after",
  ]);
});

test("keeps the item of the opened step, and not its namesakes", () => {
  const folded = foldLoops(loopOf(200, []), "each/[1]/call", null);
  expect(folded.shown.map((step) => step.path)).toEqual(["before", "each", "each/[1]/call", "after"]);
});

test("shows at most twenty failed items and two hundred of an unfolded loop", () => {
  const allFailed = loopOf(
    500,
    Array.from({ length: 500 }, (_, item) => item),
  );
  expect(foldLoops(allFailed, null, null).loops.get("each")).toMatchObject({ failed: 500, shown: 20 });
  expect(foldLoops(loopOf(500, []), null, "each").loops.get("each")).toMatchObject({ shown: 200 });
});

test("counts an item under way as neither ok nor failed", () => {
  const steps = loopOf(3, []).map((step) =>
    step.path === "each/[2]/call" ? { ...step, status: "retrying" as const } : step,
  );
  expect(foldLoops(steps, null, null).loops.get("each")).toMatchObject({ items: 3, ok: 2, failed: 0 });
});

test("counts the items of inner loops by themselves", () => {
  const steps = [
    { path: "a", kind: "forEach", status: "succeeded" as StepState, outputDataId: null },
    { path: "a/[0]/b", kind: "forEach", status: "succeeded" as StepState, outputDataId: null },
    { path: "a/[0]/b/[0]/c", kind: "action", status: "succeeded" as StepState, outputDataId: null },
    { path: "a/[0]/b/[1]/c", kind: "action", status: "failed" as StepState, outputDataId: null },
    { path: "a/[1]/b", kind: "forEach", status: "succeeded" as StepState, outputDataId: null },
  ];
  const { loops } = foldLoops(steps, null, null);
  expect(loops.get("a")).toMatchObject({ items: 2, ok: 1, failed: 1 });
  expect(loops.get("a/[0]/b")).toMatchObject({ items: 2, ok: 1, failed: 1 });
});

test("counts an item whose failure was dealt with as ok, and shows it", () => {
  const steps = loopOf(100, [7], ["call", "log"]).flatMap((step) =>
    step.path === "each/[7]/call"
      ? [
          { ...step, outputDataId: "kept" },
          { ...step, path: "each/[7]/call/on-error/tell", status: "succeeded" as const },
        ]
      : [step.path === "each/[7]/log" ? { ...step, status: "succeeded" as const } : step],
  );
  const { loops, shown } = foldLoops(steps, null, null);
  expect(loops.get("each")).toEqual({ items: 100, ok: 100, failed: 0, shown: 1 });
  expect(shown.map(({ path }) => path)).toContain("each/[7]/call/on-error/tell");
});
