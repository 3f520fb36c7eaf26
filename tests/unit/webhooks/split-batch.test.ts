import fc from "fast-check";
import { expect, test } from "vitest";
import { joinPath } from "#lib/core/body-path.ts";
import { getProvider } from "#lib/webhooks/providers/registry.generated.ts";
import { type ListSpec, splitBatch } from "#lib/webhooks/split-batch.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const SEED = 20_261_123;

const raw = (contentType: string, text: string): WebhookRequest => ({
  method: "POST",
  url: "/in/x",
  headers: [["Content-Type", contentType]],
  body: Buffer.from(text),
});
const json = (value: unknown) => raw("application/json", typeof value === "string" ? value : JSON.stringify(value));
const at = (path: string): ListSpec => ({ path, eventType: [], id: [{ from: "body", path: "id" }] });
const preset = (id: string): ListSpec => {
  const { batch } = getProvider(id);
  if (batch === null) throw new Error(`${id} has no batch`);
  return batch;
};
const itemsOf = (spec: ListSpec, request: WebhookRequest) => {
  const batch = splitBatch(spec, request);
  if (batch.kind !== "items") throw new Error(`no items: ${batch.kind}`);
  return batch.items;
};

test("every item gets its own name and id", () => {
  const changes = [
    { eventId: 1, subscriptionType: "contact.creation", objectId: 7 },
    { eventId: 2, subscriptionType: "deal.creation", objectId: 8 },
  ];
  expect(itemsOf(preset("hubspot"), json(changes))).toMatchObject([
    { index: 0, eventType: "contact.creation", id: "1:7" },
    { index: 1, eventType: "deal.creation", id: "2:8" },
  ]);
});

test("a list that is JSON inside a form keeps the exact text of its items", () => {
  const events = '[ {"event":"open","_id":"1","ts":2, "big": 9007199254740993} ]';
  const items = itemsOf(
    preset("mandrill"),
    raw("application/x-www-form-urlencoded", `mandrill_events=${encodeURIComponent(events)}`),
  );
  expect(items).toMatchObject([
    { eventType: "open", id: "1:open:2", json: '{"event":"open","_id":"1","ts":2, "big": 9007199254740993}' },
  ]);
});

test("no list, a body nobody can read, and a list that is too long are told apart", () => {
  expect(splitBatch(at("items"), json({ a: 1 }))).toEqual({ kind: "no-list" });
  expect(splitBatch(at("items"), json("[1"))).toEqual({ kind: "unreadable" });
  expect(splitBatch(at(""), json("[".repeat(200)))).toEqual({ kind: "unreadable" });
  expect(splitBatch(at(""), json([]))).toEqual({ kind: "items", items: [] });
  expect(splitBatch(at(""), json(Array.from({ length: 10_001 }, () => 1)))).toEqual({
    kind: "too-long",
    count: 10_001,
  });
  expect(itemsOf(at("items"), json({ items: [1, "two"] }))).toMatchObject([{ json: "1" }, { json: '"two"' }]);
});

test("JSON lines are a list, unless a line of them is no JSON", () => {
  const lines = '{"log_id":"1","data":{"type":"s"}}\r\n\n {"log_id":"2","data":{"type":"f","n":9007199254740993}}\n';
  expect(itemsOf(preset("auth0"), raw("application/json", lines))).toMatchObject([
    { index: 0, id: "1", eventType: "s", json: '{"log_id":"1","data":{"type":"s"}}' },
    { index: 1, id: "2", eventType: "f", json: '{"log_id":"2","data":{"type":"f","n":9007199254740993}}' },
  ]);
  expect(splitBatch(preset("auth0"), json(`${lines}{`))).toEqual({ kind: "unreadable" });
  const latin1 = { ...json(""), body: Buffer.from('{"a":"\xff"}\n{"a":1}', "latin1") };
  expect(itemsOf(preset("auth0"), latin1)).toMatchObject([{ json: '{"a":"ÿ"}' }, { json: '{"a":1}' }]);
  expect(splitBatch(at("rows"), json(lines))).toEqual({ kind: "no-list" });
  expect(splitBatch(preset("auth0"), json("1\n".repeat(10_001)))).toEqual({ kind: "too-long", count: 10_001 });
  expect(splitBatch(preset("auth0"), json(`1\n${"[".repeat(200)}`))).toEqual({ kind: "unreadable" });
});

test("two ids that differ beyond 2^53 stay two ids, and no digit of an item is lost", () => {
  const items = itemsOf(
    at("a.list"),
    json('{"a":{"list":[{"id":9007199254740993},{"id":9007199254740992, "x":1.10}]}}'),
  );
  expect(items.map((item) => item.id)).toEqual(["9007199254740993", "9007199254740992"]);
  expect(items.map((item) => item.json)).toEqual(['{"id":9007199254740993}', '{"id":9007199254740992, "x":1.10}']);
});

test("a message is an item only with all of its ids, so that no second one is taken for the first", () => {
  const entry = (...ids: string[]) => ({
    changes: [{ field: "messages", value: { messages: ids.map((id) => ({ id })) } }],
  });
  const items = itemsOf(
    preset("meta-whatsapp"),
    json({ entry: [entry("a"), entry("a", "b"), { changes: [{ field: "x", value: {} }] }] }),
  );
  expect(items.map((item) => item.id)).toEqual(["a", "a b", null]);
});

test("the text of every item is the JSON of that item, wherever the list stands and however it is written", () => {
  const key = fc.oneof(
    fc.constantFrom("a", "data", "__proto__", 'qu"ote', "constructor", "é", "\\"),
    fc.string({ maxLength: 4 }),
  );
  const noise = fc.dictionary(key, fc.jsonValue({ maxDepth: 2 }), { maxKeys: 3 });
  fc.assert(
    fc.property(
      fc.array(fc.jsonValue(), { maxLength: 6 }),
      fc.array(
        key.filter((part) => !part.includes(".") && part !== ""),
        { maxLength: 3 },
      ),
      noise,
      fc.constantFrom(undefined, 1, "\t", " \r\n".slice(0, 3)),
      (list, path, others, space) => {
        // A repeated key before the wanted one: the last counts.
        let text = JSON.stringify(list, null, space);
        for (const part of path.toReversed()) {
          const members = [...Object.entries(others), [part, "first"]].map(
            ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
          );
          text = `{${members.join(",")} , ${JSON.stringify(part)} : ${text}\n}`;
        }
        const items = itemsOf(at(joinPath(path)), json(text));
        expect(items.map((item) => JSON.parse(String(item.json)) as unknown)).toEqual(JSON.parse(JSON.stringify(list)));
        expect(items.every((item) => text.includes(String(item.json)))).toBe(true);
      },
    ),
    { seed: SEED, numRuns: 1_000 },
  );
});
