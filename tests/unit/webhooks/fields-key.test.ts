import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ChosenField, fieldsKey } from "#lib/webhooks/fields-key.ts";
import type { WebhookRequest } from "#lib/webhooks/types.ts";

const request = (body: string, headers: WebhookRequest["headers"] = [], url = "/in/x"): WebhookRequest => ({
  method: "POST",
  url,
  headers: [["content-type", "application/json"], ...headers],
  body: Buffer.from(body),
});
const json = (value: unknown): WebhookRequest => request(JSON.stringify(value));
const body = (...paths: string[]): ChosenField[] => paths.map((path) => ({ from: "body", path }));
const keyOf = (fields: ChosenField[], of: WebhookRequest): string => {
  const found = fieldsKey(fields, of);
  return found.kind === "key" ? found.key : "none";
};

describe("a key over chosen fields", () => {
  test("is the same exactly when every chosen value is", () => {
    const value = fc.oneof(
      fc.string({ unit: "binary" }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(fc.string(), { maxLength: 3 }),
    );
    const record = fc.record({ a: value, b: value, c: value }, { requiredKeys: [] });
    fc.assert(
      fc.property(record, record, fc.string(), (one, other, noise) => {
        const [first, second] = [
          keyOf(body("a", "b"), json({ ...one, c: 1 })),
          keyOf(body("a", "b"), json({ ...other, c: noise })),
        ];
        if (first === "none" || second === "none") return;
        const chosen = ({ a, b }: typeof one) =>
          JSON.stringify([a === undefined ? "-" : [a], b === undefined ? "-" : [b]]);
        expect(first === second).toBe(chosen(one) === chosen(other));
      }),
      { numRuns: 2_000, seed: 21 },
    );
  });

  test.each([
    ["values that run into each other", { a: "1", b: "23" }, { a: "12", b: "3" }],
    ["a missing value and an empty one", { a: "1" }, { a: "1", b: "" }],
    ["a missing value and null", { a: "1" }, { a: "1", b: null }],
    ["a number and its digits as text", { a: 1 }, { a: "1" }],
    ["true and its word", { a: true }, { a: "true" }],
    ["a list and its text", { a: ["x"] }, { a: '["x"]' }],
    ["lists in another order", { a: [1, 2] }, { a: [2, 1] }],
    ["values that swap places", { a: "1", b: "2" }, { a: "2", b: "1" }],
    ["texts with separators in them", { a: 'x"],["body","b","y' }, { a: "x", b: "y" }],
  ])("differs for %s", (_what, one, other) => {
    expect(keyOf(body("a", "b"), json(one))).not.toBe(keyOf(body("a", "b"), json(other)));
  });

  test("differs for ids and times that a double cannot tell apart", () => {
    for (const [one, other] of [
      ["9007199254740992", "9007199254740993"],
      ["1700000000.1234567", "1700000000.12345671"],
      ["123456789012345678901", "123456789012345678902"],
    ])
      expect(keyOf(body("a"), request(`{"a":${one}}`))).not.toBe(keyOf(body("a"), request(`{"a":${other}}`)));
  });

  test("counts a value only for its own place", () => {
    const same = request('{"a":"1","b":"1"}', [["x-a", "1"]], "/in/x?a=1");
    const keys = [
      body("a"),
      body("b"),
      [{ from: "header", name: "x-a" }],
      [{ from: "query", name: "a" }],
    ] as ChosenField[][];
    expect(new Set(keys.map((fields) => keyOf(fields, same))).size).toBe(4);
  });

  test("names the fields that are missing", () => {
    expect(fieldsKey(body("a", "b"), json({ a: 1 }))).toMatchObject({
      kind: "key",
      missing: [{ from: "body", path: "b" }],
    });
  });

  test("is none where nothing tells: all missing, empty, null, or a body that cannot be read", () => {
    for (const text of ["{}", '{"a":""}', '{"a":null}', '{"a":[],"b":{}}', "not json", "", "[1]"])
      expect(keyOf(body("a", "b"), request(text)), text).toBe("none");
    expect(
      keyOf(
        [{ from: "header", name: "x-a" }],
        request("{}", [
          ["x-a", "1"],
          ["X-A", "2"],
        ]),
      ),
      "a repeated header",
    ).toBe("none");
    expect(keyOf(body("toString", "__proto__", "constructor.name"), json({})), "inherited names").toBe("none");
  });

  test("counts 0 and false as values", () => {
    for (const value of [0, false]) expect(keyOf(body("a"), json({ a: value }))).not.toBe("none");
  });
});

describe("a key of an item of a batch", () => {
  const fields: ChosenField[] = [{ from: "header", name: "x-tenant" }, ...body("id")];
  const tenant = request("[]", [["x-tenant", "acme"]]);

  test("is looked up in the item, beside what the request says", () => {
    const key = (id: number, of = tenant) => fieldsKey(fields, of, { value: { id } });
    expect(key(1)).toEqual(key(1));
    expect(key(1)).not.toEqual(key(2));
    expect(key(1)).not.toEqual(key(1, request("[]", [["x-tenant", "other"]])));
  });

  test("is none by a header alone, which is the same for every item", () => {
    expect(fieldsKey(fields, tenant, { value: { other: 1 } }).kind).toBe("none");
    expect(fieldsKey(fields, tenant, { value: 7 }).kind).toBe("none");
  });
});
