import { expect, test } from "vitest";
import { useStorms } from "#tests/support/chaos/storm.ts";

const storm = useStorms();

test("the auditor goes red when runs are queued outside of the event's transaction", async () => {
  const result = await storm("planted fault", 6, { plant: "tests/support/chaos/plant-enqueue-outside.ts" });
  expect(result.missingRuns).toBeGreaterThan(0);
  expect(result.unaccounted).toBeGreaterThan(0);
});
