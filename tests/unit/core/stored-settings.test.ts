import { expect, test } from "vitest";
import { endpointSettingsSchema, parseStoredSettings } from "#lib/core/endpoint-settings.ts";

const withSource = (path: string) => ({ dedupe: { kind: "source", source: { from: "body", path } } });

test("paths written as in JSONata are kept with dots, wherever a setting names one", () => {
  const settings = endpointSettingsSchema.parse({
    ...withSource("events[0].id"),
    eventType: { from: "body", path: "$.events[0].action" },
    split: { kind: "path", path: "$.events" },
  });
  expect(settings).toMatchObject({
    ...withSource("events.0.id"),
    eventType: { from: "body", path: "events.0.action" },
    split: { kind: "path", path: "events" },
  });
});

test("a path that is none is refused with the reason", () => {
  const { error } = endpointSettingsSchema.safeParse(withSource("events[id"));
  expect(error?.issues[0]?.message).toBe("is not a path: [id is not a place in a list: write a number, like [0]");
  expect(endpointSettingsSchema.safeParse(withSource("$")).error?.issues[0]?.message).toBe(
    "names no place in the body",
  );
});

test("settings saved before work on, whatever their paths say", () => {
  expect(parseStoredSettings(JSON.stringify(withSource("events[0].id")))).toMatchObject(withSource("events.0.id"));
  expect(parseStoredSettings(JSON.stringify(withSource("a..b")))).toMatchObject(withSource("`a..b`"));
});
