import { expect, it } from "vitest";
import { shownTrigger } from "#lib/engine/edit/shown-trigger.ts";

it("lists the exact body only where it differs from the body", () => {
  expect(shownTrigger({ body: { id: 1 }, exact: { id: 1 }, method: "POST" })).toEqual({
    body: { id: 1 },
    method: "POST",
  });
  const lossy = { body: { id: 12345678901234567000 }, exact: { id: "12345678901234567890" } };
  expect(shownTrigger(lossy)).toEqual(lossy);
  expect(shownTrigger({})).toEqual({});
});
