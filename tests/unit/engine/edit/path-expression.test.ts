import fc from "fast-check";
import jsonata from "jsonata";
import { describe, expect, it } from "vitest";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import { listChoices, valueAt } from "#lib/engine/edit/list-choices.ts";
import { type DataPath, pathExpression, pathLabel } from "#lib/engine/edit/path-expression.ts";
import { readPath } from "#lib/engine/edit/read-path.ts";

const oddKeys = fc.oneof(
  fc.constantFrom(
    "a",
    "b",
    "x-y",
    "a b",
    "true",
    "null",
    "and",
    "in",
    "$x",
    "1st",
    "ä",
    "a.b",
    "a`b",
    "",
    "[0]",
    '"q"',
    "function",
    "__proto__x",
  ),
  fc.string({ maxLength: 6 }),
);
const { tree } = fc.letrec<{ tree: Json; leaf: Json }>((tie) => ({
  leaf: fc.oneof(fc.string(), fc.integer(), fc.boolean()) as fc.Arbitrary<Json>,
  tree: fc.oneof(
    { maxDepth: 5 },
    tie("leaf"),
    fc.array(tie("tree"), { maxLength: 4 }),
    fc.dictionary(oddKeys, tie("tree"), { maxKeys: 4 }),
  ) as fc.Arbitrary<Json>,
}));

function* leaves(value: Json, path: DataPath): Generator<DataPath> {
  if (Array.isArray(value)) for (const [index, item] of value.entries()) yield* leaves(item, [...path, index]);
  else if (isJsonObject(value)) for (const [key, item] of Object.entries(value)) yield* leaves(item, [...path, key]);
  else yield path;
}

describe("a path clicked in the data panel", () => {
  it("evaluates to exactly the value that was clicked, for any JSON", async () => {
    let checked = 0;
    await fc.assert(
      fc.asyncProperty(tree, async (body) => {
        const scope = JSON.parse(JSON.stringify({ trigger: { body } })) as Json;
        for (const path of leaves(scope, [])) {
          const expression = pathExpression(path);
          const value: unknown = await jsonata(expression).evaluate(scope);
          expect(value, expression).toEqual(valueAt(scope, path));
          checked += 1;
        }
      }),
      { numRuns: 400, seed: 20261123 },
    );
    expect(checked).toBeGreaterThan(500);
  });

  it("is read back as the same path wherever it is written without $lookup", () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(oddKeys, fc.nat({ max: 20 })), { maxLength: 6 }), (rest) => {
        const path = ["trigger", ...rest];
        const expression = pathExpression(path);
        if (!expression.includes("$lookup") && !/\s/.test(expression)) expect(readPath(expression)).toEqual(path);
      }),
      { numRuns: 2_000, seed: 1 },
    );
  });

  it("gives a list for lists of none, one and two items when all are wanted", async () => {
    for (const count of [1, 2, 3]) {
      const items = Array.from({ length: count }, (_, index) => ({ id: `i${index}`, price: index + 1, tags: ["x"] }));
      const scope: Json = { trigger: { body: { items } } };
      const choices = listChoices(["trigger", "body", "items", 0, "price"], (path) => valueAt(scope, path));
      const all = choices.find((choice) => choice.kind === "all");
      if (all?.kind !== "all") throw new Error("no choice for all");
      for (const some of [items, items.slice(0, 1), []]) {
        const value: unknown = await jsonata(all.expression).evaluate({ trigger: { body: { items: some } } });
        expect(Array.isArray(value)).toBe(true);
        expect(JSON.parse(JSON.stringify(value))).toEqual(some.map((item) => item.price));
      }
    }
  });

  it("offers the one with the same id, which stays right when the order changes", async () => {
    const items = [
      { id: "a", price: 1 },
      { id: "b", price: 2 },
    ];
    const scope: Json = { trigger: { body: { items } } };
    const where = listChoices(["trigger", "body", "items", 1, "price"], (path) => valueAt(scope, path)).find(
      (choice) => choice.kind === "where",
    );
    if (where?.kind !== "where") throw new Error("no choice by id");
    expect(await jsonata(where.expression).evaluate({ trigger: { body: { items: items.toReversed() } } })).toBe(2);
  });

  it("warns when some items lack the key", () => {
    const scope: Json = { trigger: { body: { items: [{ price: 1 }, {}, { price: 3 }] } } };
    const all = listChoices(["trigger", "body", "items", 0, "price"], (path) => valueAt(scope, path)).find(
      (choice) => choice.kind === "all",
    );
    expect(all).toMatchObject({ warning: "3 items, 2 of them have it" });
  });

  it("is labelled by its last parts, places counted from one", () => {
    expect(pathLabel(["trigger", "body", "email"])).toBe("email");
    expect(pathLabel(["trigger", "body", "items", 0, "price"])).toBe("items › 1st › price");
    expect(pathLabel(["trigger", "body", "items", 11])).toBe("body › items › 12th");
  });
});
