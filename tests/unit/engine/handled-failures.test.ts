import { expect, it } from "vitest";
import { handledFailures, isInsideHandled } from "#lib/engine/handled-failures.ts";

it("tells failures that were dealt with from what failed inside them and behind them", () => {
  const handled = handledFailures([
    { path: "way", status: "failed", outputDataId: "kept" },
    { path: "way/send", status: "failed", outputDataId: null },
    { path: "way/on-error/tell", status: "failed", outputDataId: null },
    { path: "done", status: "succeeded", outputDataId: "kept" },
  ]);
  expect([...handled]).toEqual(["way"]);
  expect(isInsideHandled(handled, "way")).toBe(false);
  expect(isInsideHandled(handled, "way/send")).toBe(true);
  expect(isInsideHandled(handled, "way/[3]/send")).toBe(true);
  expect(isInsideHandled(handled, "way/on-error/tell")).toBe(false);
  expect(isInsideHandled(handled, "ways/send")).toBe(false);
});
