import { expect, it } from "vitest";
import { startKind } from "#lib/engine/edit/start-kind.ts";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import { readSimple, writeSimple } from "#lib/engine/schedule/simple-cron.ts";
import { triggerWords } from "#lib/engine/schedule/trigger-words.ts";

const words = (cron: string) => triggerWords({ schedule: { cron, zone: "UTC", missed: "none" } });

it.each([
  ["* * * * *", "every minute (UTC)"],
  ["*/15 * * * *", "every 15 minutes (UTC)"],
  ["5 9 * * *", "daily at 09:05 (UTC)"],
  ["30 17 * * 1-5", "weekdays at 17:30 (UTC)"],
  ["0 0 1 * *", "monthly on day 1 at 00:00 (UTC)"],
  ["0 0 L * *", "monthly on the last day at 00:00 (UTC)"],
])("says %s in words, and writes what it read", (cron, said) => {
  expect(words(cron)).toBe(said);
  expect(writeSimple(readSimple(cron), "")).toBe(cron);
});

it.each(["*/7 * * * *", "0 9 * * 1,3", "0 9 1 1 *", "0 9-17 * * *", "0 9 1 * 1", "* * * * * *", "x"])(
  "leaves %s as it is written",
  (cron) => {
    expect(readSimple(cron)).toEqual({ kind: "cron" });
    expect(writeSimple({ kind: "cron" }, cron)).toBe(cron);
    expect(words(cron)).toBe(`${cron} (UTC)`);
  },
);

it("keeps stored triggers as they are, and refuses halves of two kinds", () => {
  const read = (trigger: object) => flowDefinitionSchema.safeParse({ schema: 1, trigger, runName: "", steps: [] });
  const stored = { endpointId: "0190a1b2-0000-7000-8000-000000000001", eventTypes: ["a"], filter: null };
  expect(read(stored).data?.trigger).toStrictEqual(stored);
  const scheduled = startKind(stored, "schedule", "Europe/Berlin");
  expect(read(scheduled).data?.trigger).toStrictEqual(scheduled);
  expect(read(startKind(scheduled, "none", "UTC")).success).toBe(true);
  expect(startKind(scheduled, "endpoint", "UTC")).toEqual({ endpointId: null, eventTypes: [], filter: null });
  expect(read({ ...stored, kind: "none" }).success).toBe(false);
  expect(read({ ...scheduled, kind: "none" }).success).toBe(false);
  expect(read({ ...stored, schedule: scheduled.schedule }).success).toBe(false);
});
