import { expect, test } from "vitest";
import { createEvaluator } from "#lib/sandbox/evaluate-expression.ts";
import { compilePlain } from "#lib/sandbox/plain-expression.ts";

const world = { now: "2026-01-01T00:00:00.000Z", seed: "seed" };

test("a plain expression in use stays compiled, whatever else is compiled meanwhile", () => {
  const used = compilePlain("trigger.body.amount");
  const left = compilePlain("trigger.body.left");
  expect(used).not.toBeNull();
  for (let each = 0; each < 2_500; each++) {
    expect(compilePlain(`trigger.body.field${each}`)).not.toBeNull();
    expect(compilePlain("trigger.body.amount")).toBe(used);
  }
  expect(compilePlain("trigger.body.left")).not.toBe(left);
});

test("what is no plain expression stays known as such", () => {
  expect(compilePlain("$sort(trigger.body)")).toBeNull();
  expect(compilePlain("$sort(trigger.body)")).toBeNull();
});

test("expressions are computed alike before and after the kept ones had to go", async () => {
  const evaluator = await createEvaluator();
  // 60 sources of 8,000 characters are nearly twice what is kept.
  const sources = Array.from({ length: 60 }, (_, each) => `a + ${each} /*${" ".repeat(7_990)}*/`);
  for (const round of [1, 2])
    for (const [each, source] of sources.entries())
      expect(await evaluator.evaluate(source, { a: round }, world, 1_000)).toMatchObject({
        kind: "value",
        json: String(round + each),
      });
  expect(await evaluator.evaluate("", {}, world, 1_000)).toMatchObject({ kind: "error", code: "S0207" });
});
