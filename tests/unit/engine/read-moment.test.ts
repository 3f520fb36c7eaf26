import { expect, it } from "vitest";
import { JsonText } from "#lib/core/json-text.ts";
import { stepSchema } from "#lib/engine/flow-definition.ts";
import { readMoment } from "#lib/engine/steps/wait-until.ts";

const NOW = Date.parse("2026-07-01T06:00:00Z");
const read = (value: string | number | boolean | null, zone = "Europe/Berlin") => {
  const found = readMoment({ kind: "value", value }, zone, NOW);
  return found.kind === "until" ? new Date(found.at).toISOString() : found.code;
};

it.each([
  ["09:00", "2026-07-01T07:00:00.000Z"],
  ["07:00", "2026-07-02T05:00:00.000Z"],
  ["2026-12-24", "2026-12-23T23:00:00.000Z"],
  ["2026-12-24T09:00", "2026-12-24T08:00:00.000Z"],
  ["2026-12-24T09:00:00Z", "2026-12-24T09:00:00.000Z"],
  ["2026-12-24T09:00:00.123+05:30", "2026-12-24T03:30:00.123Z"],
  [" 2026-12-24 09:00 -03 ", "2026-12-24T12:00:00.000Z"],
  [1_798_102_800, "2026-12-24T09:00:00.000Z"],
  [1_798_102_800_000, "2026-12-24T09:00:00.000Z"],
  [0, "1970-01-01T00:00:00.000Z"],
  ["next week", "bad-time"],
  ["2026-02-30", "bad-time"],
  ["", "bad-time"],
  [null, "bad-time"],
  [true, "bad-time"],
  [1e300, "bad-time"],
])("%j is %s", (value, expected) => expect(read(value)).toBe(expected));

it("says what is wrong: nothing there, an unknown zone, an expression that fails", () => {
  expect(readMoment({ kind: "nothing" }, "UTC", NOW)).toMatchObject({ message: expect.stringContaining("nothing") });
  expect(read("09:00", "CET")).toBe("unknown-zone");
  expect(readMoment({ kind: "failed", code: "x", message: "broke" }, "UTC", NOW)).toMatchObject({ code: "x" });
});

it("reads a value that is still as it was sent", () =>
  expect(readMoment({ kind: "value", value: new JsonText('"2026-12-24T09:00Z"') }, "UTC", NOW)).toMatchObject({
    at: Date.parse("2026-12-24T09:00Z"),
  }));

it("opens drafts that an older version stored", () => {
  const base = { id: "a", name: "A", note: "kept" };
  expect(stepSchema.parse({ ...base, kind: "waitUntil", at: "trigger.body.at" })).toEqual({
    ...base,
    kind: "waitUntil",
    until: "trigger.body.at",
    zone: "UTC",
  });
  expect(stepSchema.parse({ ...base, kind: "delay", forMs: 1_500 })).toEqual({
    ...base,
    kind: "delay",
    amount: "1.5",
    unit: "seconds",
  });
});
