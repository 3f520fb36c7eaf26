import { describe, expect, test } from "vitest";
import { moveRun, type RanStep } from "#lib/engine/move-run.ts";
import { pathAt, placesOf } from "#lib/engine/step-places.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";
import { stepRow, tryRow } from "#tests/support/kept-journal.ts";
import { flowOf } from "#tests/support/memory-run.ts";

const call = (id: string, more: object = {}): Step => ({
  kind: "action",
  id,
  name: id.toUpperCase(),
  action: "http.request",
  input: { url: "x" },
  ...more,
});
const loop = (id: string, steps: Step[]): Step => ({
  kind: "forEach",
  id,
  name: id,
  items: "[1]",
  concurrency: 1,
  onItemError: "stop",
  steps,
});
const way = (id: string, steps: Step[], otherwise: Step[] = []): Step => ({
  kind: "branch",
  id,
  name: id,
  cases: [{ id: "yes", name: "Yes", when: "true", steps }],
  otherwise,
});

const ran = (path: string, more: Parameters<typeof stepRow>[1] = {}, tries = [tryRow(path)]): RanStep => {
  const stepId = path.slice(path.lastIndexOf("/") + 1);
  return { row: stepRow(path, { stepId, idempotencyKey: `key of ${path}`, ...more }), tries };
};
const failed = { status: "failed", errorCode: "http-404", errorMessage: "no", effectDataId: "plan" } as const;
const move = (from: Step[], to: Step[], steps: RanStep[], repeat: string[]) =>
  moveRun({ from: flowOf(from), to: flowOf(to) }, steps, new Set(repeat));
const fates = (moves: ReturnType<typeof move>["moves"]) =>
  moves.map(({ stepId, fate, moved, times }) => [stepId, fate, moved, times]);

describe("a failed run on another version", () => {
  test("keeps what is done, runs again what failed with its key and a new plan, and does what is new", () => {
    const result = move(
      [call("a"), call("b"), call("c")],
      [call("before"), call("a"), call("b", { input: { url: "y" } }), call("c")],
      [ran("a"), ran("b", failed)],
      ["b"],
    );
    expect(fates(result.moves)).toEqual([
      ["before", "new", false, 0],
      ["a", "kept", false, 1],
      ["b", "again", false, 1],
      ["c", "ahead", false, 0],
    ]);
    expect(result.forget).toEqual([]);
    expect(result.attempts).toEqual([]);
    // Both stand one place later than they did.
    expect(result.steps.map(({ path, seq }) => [path, seq])).toEqual([
      ["a", 1],
      ["b", 2],
    ]);
    expect(result.steps[1]).toMatchObject({
      status: "queued",
      idempotencyKey: "key of b",
      effectDataId: null,
      errorCode: null,
      attempts: 0,
    });
  });

  test("leaves out what is removed, the failed step included, and says so last", () => {
    const result = move([call("a"), call("b")], [call("c")], [ran("a"), ran("b", failed)], ["b"]);
    expect(fates(result.moves)).toEqual([
      ["c", "new", false, 0],
      ["a", "removed", false, 1],
      ["b", "removed", false, 1],
    ]);
    expect(result.moves.at(-1)?.name).toBe("B");
    expect(result).toMatchObject({ forget: [], steps: [], attempts: [] });
  });

  test("takes answers, keys and tries along to where a step stands now", () => {
    const result = move(
      [call("a"), call("b")],
      [way("w", [call("a")]), call("b")],
      [ran("a"), ran("b", failed)],
      ["b"],
    );
    expect(fates(result.moves)).toEqual([
      ["w", "new", false, 0],
      ["a", "kept", true, 1],
      ["b", "again", false, 1],
    ]);
    expect(result.forget).toEqual(["a"]);
    expect(result.steps[0]).toMatchObject({ path: "w/a", idempotencyKey: "key of a", status: "succeeded" });
    expect(result.attempts).toMatchObject([{ path: "w/a", number: 1, outcome: "done" }]);
  });

  test("keeps each item of a loop its own, and tells what most of its steps come to", () => {
    const each = { kind: "forEach", action: null, status: "failed" } as const;
    const result = move(
      [loop("each", [call("a"), call("b")])],
      [loop("each", [call("a"), way("w", [call("b")])])],
      [
        ran("each", each),
        ran("each/[0]/a"),
        ran("each/[0]/b"),
        ran("each/[1]/a"),
        ran("each/[1]/b", failed),
        ran("each/[2]/a"),
        ran("each/[2]/b", { status: "canceled", effectDataId: "plan" }, [tryRow("each/[2]/b", { outcome: "failed" })]),
        ran("each/[3]/b", { status: "canceled", effectDataId: "plan" }, [tryRow("each/[3]/b", { outcome: "unknown" })]),
      ],
      ["each", "each/[1]/b"],
    );
    expect(fates(result.moves)).toEqual([
      ["each", "again", false, 1],
      ["a", "kept", false, 3],
      ["w", "new", false, 0],
      ["b", "again", true, 2],
    ]);
    const rows = Object.fromEntries(result.steps.map((row) => [row.path, [row.status, row.effectDataId]]));
    expect(rows).toMatchObject({
      each: ["queued", null],
      "each/[0]/w/b": ["succeeded", null],
      "each/[1]/w/b": ["queued", null],
      "each/[2]/w/b": ["canceled", null],
      // It may have arrived: whoever goes on asks, or sends the same bytes.
      "each/[3]/w/b": ["canceled", "plan"],
    });
  });

  test("does not take an answer into another loop, nor a loop's row for a step of another kind", () => {
    const result = move(
      [loop("each", [call("a")]), call("b")],
      [loop("other", [call("a")]), way("each", []), call("b")],
      [ran("each", { kind: "forEach", action: null }), ran("each/[0]/a"), ran("b", failed)],
      ["b"],
    );
    expect(fates(result.moves)).toEqual([
      ["other", "new", false, 0],
      ["a", "anew", true, 1],
      ["each", "anew", true, 1],
      ["b", "again", false, 1],
    ]);
    expect([...result.forget].sort()).toEqual(["each", "each/[0]/a"]);
  });

  test("says that what is new in a finished loop is passed, and leaves its failed items as they are", () => {
    const result = move(
      [loop("each", [call("a")]), call("b")],
      [loop("each", [call("a"), call("late")]), call("b")],
      [ran("each", { kind: "forEach", action: null }), ran("each/[0]/a", { ...failed, seq: 1 }), ran("b", failed)],
      ["b"],
    );
    expect(fates(result.moves)).toEqual([
      ["each", "kept", false, 1],
      ["a", "kept", false, 1],
      ["late", "passed", false, 0],
      ["b", "again", false, 1],
    ]);
    expect(result.steps.map(({ path }) => path)).toEqual(["b"]);
  });

  test("asks the other version whether a step is passed by, unless a person said so", () => {
    const result = move(
      [call("off", { off: true }), call("skipped"), call("b")],
      [call("off"), call("skipped"), call("b")],
      [ran("off", { status: "off", startedAt: null }, []), ran("skipped", { status: "skipped" }), ran("b", failed)],
      ["b"],
    );
    expect(result.forget).toEqual(["off"]);
    expect(fates(result.moves)).toEqual([
      ["off", "ahead", false, 0],
      ["skipped", "kept", false, 1],
      ["b", "again", false, 1],
    ]);
  });

  test("runs a step again after whose failure it went on, where the other version does not", () => {
    const onError = { settings: { onError: "continue" } };
    const handled = ran("a", { ...failed, outputDataId: "error" });
    const stops = move([call("a", onError), call("b")], [call("a"), call("b")], [handled, ran("b", failed)], ["b"]);
    expect(fates(stops.moves).map(([id, fate]) => [id, fate])).toEqual([
      ["a", "again"],
      ["b", "again"],
    ]);
    const goesOn = move([call("a", onError), call("b")], [call("a", onError), call("b")], [handled], []);
    expect(fates(goesOn.moves)[0]).toEqual(["a", "kept", false, 1]);
  });
});

test("a step's place says its path for the same items, and none in other loops", () => {
  const place = (steps: Step[], id: string) => {
    const found = placesOf(steps).get(id);
    if (found === undefined) throw new Error(`no step ${id}`);
    return found;
  };
  const nested = place([loop("x", [loop("y", [way("w", [call("a")])])])], "a");
  expect(nested.parts.join("/")).toBe("x/[]/y/[]/w/a");
  expect(pathAt(nested, "x/[3]/y/[12]/a")).toBe("x/[3]/y/[12]/w/a");
  expect(pathAt(nested, "y/[3]/x/[12]/a")).toBeNull();
  expect(pathAt(nested, "x/[3]/a")).toBeNull();
  expect(pathAt(place([call("a")], "a"), "x/[3]/a")).toBeNull();
  const handled = place([call("b", { settings: { onError: "path" }, errorSteps: [call("a")] })], "a");
  expect(pathAt(handled, "a")).toBe("b/on-error/a");
});
