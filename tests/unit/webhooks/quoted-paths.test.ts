import { expect, test } from "vitest";
import { valueAt } from "#lib/webhooks/body-fields.ts";
import { readFirstValue } from "#lib/webhooks/read-value.ts";
import { splitBatch } from "#lib/webhooks/split-batch.ts";

const request = (body: unknown, type = "application/json") => ({
  method: "POST",
  url: "/in/x",
  headers: [["content-type", type]] as const,
  body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
});

test("a name with a dot in it is found by a path that puts it in backquotes", () => {
  const body = { "a.b": { list: [{ "x.y": 1 }, { "x.y": 2 }] }, a: { b: "another" } };
  expect(valueAt(body, "`a.b`.list.1.`x.y`")).toBe(2);
  expect(valueAt(body, "a.b")).toBe("another");
  expect(readFirstValue([{ from: "body", path: "`a.b`.list.0.`x.y`" }], request(body))).toBe("1");
  const split = splitBatch({ path: "`a.b`.list", eventType: [], id: [{ from: "body", path: "`x.y`" }] }, request(body));
  expect(split.kind === "items" && split.items.map(({ id, json }) => [id, json])).toEqual([
    ["1", '{"x.y":1}'],
    ["2", '{"x.y":2}'],
  ]);
});
