import { expect, test } from "vitest";
import { readWritten } from "#lib/core/json-text.ts";
import { readTrigger } from "#lib/preview/read-trigger.ts";

const NEEDS = { rawBody: false, exact: false, cloudEvent: false, files: false } as const;
const event = (contentType: string, body: string, more: ReadonlyArray<readonly [string, string]> = []) => ({
  item: null,
  eventType: null,
  deliveryId: null,
  method: "POST",
  contentType,
  receivedAt: new Date("2026-11-23T10:00:00Z"),
  path: "",
  query: "",
  headers: JSON.stringify([["content-type", contentType], ...more]),
  body: new TextEncoder().encode(body),
});

test("a run is told, as data, in what its body is not what its headers say", async () => {
  const seen = async (...of: Parameters<typeof event>) =>
    readWritten(await readTrigger(event(...of), NEEDS)) as Record<string, unknown>;
  const form = await seen("application/x-www-form-urlencoded", '{"a":1}', [["content-encoding", "utf-8"]]);
  expect(form).toMatchObject({
    body: { a: 1 },
    notes: [
      { kind: "no-such-coding", coding: "utf-8" },
      { kind: "read-by-content", declared: "application/x-www-form-urlencoded", format: "json" },
    ],
  });
  expect(await seen("application/json", '{"a":1,"a":2}')).not.toHaveProperty("notes");
});
