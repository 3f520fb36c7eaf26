import { expect, it } from "vitest";
import { writeJson } from "#lib/core/json-text.ts";
import { shownTrigger } from "#lib/engine/edit/shown-trigger.ts";

const shown = (trigger: string) => writeJson(shownTrigger(trigger));

it("leaves out the exact body where it is the body once more, however it is spaced", () => {
  expect(shown('{"body":{"id":1},"exact":{"id":1},"method":"POST"}')).toBe('{"body":{"id":1},"method":"POST"}');
  expect(shown('{"body":{ "id" : 1 },"exact":{"id":1}}')).toBe('{"body":{ "id" : 1 }}');
});

it("keeps it where a number lost digits, and every digit of both", () => {
  const lossy = '{"body":{"id":9007199254740993,"rate":1.0},"exact":{"id":"9007199254740993","rate":1.0}}';
  expect(shown(lossy)).toBe(lossy);
  expect(shown("{}")).toBe("{}");
});
