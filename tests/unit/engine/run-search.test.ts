import fc from "fast-check";
import { expect, test } from "vitest";
import { RUN_STATES, type RunState } from "#lib/core/states.ts";
import { isNarrowed, type RunSearch, readRunSearch, writeRunSearch } from "#lib/engine/run-search.ts";

const uuid = fc.uuid({ version: 7 });
const nullable = <T>(arb: fc.Arbitrary<T>) => fc.option(arb, { nil: null });
const refusal = fc.oneof(
  fc.constant({ refusedBy: null, reason: null }),
  fc.record({
    refusedBy: uuid,
    reason: nullable(fc.string({ minLength: 1, maxLength: 200 }).map((t) => t.toWellFormed())),
  }),
);
const rest = fc.record({
  statuses: fc.uniqueArray(fc.constantFrom(...(Object.keys(RUN_STATES) as RunState[]))),
  flowId: nullable(uuid),
  endpointId: nullable(uuid),
  eventId: nullable(uuid),
  eventType: nullable(fc.string({ minLength: 1, maxLength: 200 }).map((text) => text.toWellFormed())),
  replayOf: nullable(uuid),
  window: nullable(fc.constantFrom("1h" as const, "24h" as const, "7d" as const, "30d" as const)),
  tests: fc.boolean(),
  text: fc.string({ maxLength: 200 }).map((text) => text.toWellFormed().trim()),
});
const search: fc.Arbitrary<RunSearch> = fc.tuple(rest, refusal).map(([one, refused]) => ({ ...one, ...refused }));

test("a search written into a URL reads back the same", () => {
  fc.assert(
    fc.property(search, (wanted) => {
      expect(readRunSearch(Object.fromEntries(new URLSearchParams(writeRunSearch(wanted).toString())))).toEqual(wanted);
    }),
    { seed: 3, numRuns: 300 },
  );
});

test("what the URL holds besides is left out", () => {
  const read = readRunSearch({
    status: "failed,nonsense,__proto__,failed",
    flow: "1 OR 1=1",
    since: "toString",
    kind: "canary",
    q: ["a", "b"],
    type: "",
  });
  expect(read).toEqual({
    statuses: ["failed"],
    flowId: null,
    endpointId: null,
    eventId: null,
    eventType: null,
    replayOf: null,
    refusedBy: null,
    reason: null,
    window: null,
    tests: false,
    text: "",
  });
  expect(isNarrowed(readRunSearch({}))).toBe(false);
});
