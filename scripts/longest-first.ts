import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, the longest first: begun last, one of them would be waited for alone.
 */
const LONGEST = [
  "integration/receiving/large-bodies",
  "integration/receiving/handshakes",
  "integration/api/bad-input",
  "integration/runs/bulk-acts",
  "integration/runs/callback-orders",
  "e2e/pages",
  "e2e/built-route-door",
  "e2e/accounts",
  "e2e/start",
  "e2e/runs-and-connections",
  "e2e/schedules",
  "e2e/inspector",
  "e2e/endpoint-editing",
  "faults/lost-worker",
  "faults/storm",
];

/** Runs the files known to take longest before all others. */
export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((one, other) => placeOf(one) - placeOf(other));
  }
}

function placeOf({ moduleId }: TestSpecification): number {
  const place = LONGEST.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`));
  return place === -1 ? LONGEST.length : place;
}
