import { describe, expect, it } from "vitest";
import type { Json } from "#lib/core/json.ts";
import { type ListStyle, spreadField } from "#lib/engine/template/spread-field.ts";

const rows = (name: string, value: Json, style: ListStyle, structures: "json" | "refused" = "json") =>
  spreadField(name, value, style, structures)?.map((row) => `${row.name}=${row.value}`) ?? null;

describe("a list in a form", () => {
  it.each([
    ["repeat", ["a=x", "a=y"]],
    ["brackets", ["a[]=x", "a[]=y"]],
    ["index", ["a[0]=x", "a[1]=y"]],
    ["json", ['a=["x","y"]']],
  ] as const)("goes out by %s", (style, expected) => {
    expect(rows("a", ["x", "y"], style)).toEqual(expected);
  });

  it("keeps a name written with brackets, and writes them once", () => {
    expect(rows("items[]", ["x", "y"], "repeat")).toEqual(["items[]=x", "items[]=y"]);
    expect(rows("items[]", ["x"], "brackets")).toEqual(["items[]=x"]);
    expect(rows("items[]", ["x"], "index")).toEqual(["items[0]=x"]);
    expect(rows("a[b]", ["x"], "index")).toEqual(["a[b][0]=x"]);
  });

  it("nests objects at any depth with brackets and numbers", () => {
    const items: Json = [{ price: "p1", n: 2, meta: { gift: true, none: null } }, { price: "p2" }];
    expect(rows("items", items, "index")).toEqual([
      "items[0][price]=p1",
      "items[0][n]=2",
      "items[0][meta][gift]=true",
      "items[1][price]=p2",
    ]);
    expect(rows("user", { name: "Zoë", tags: ["a", "b"] }, "brackets")).toEqual([
      "user[name]=Zoë",
      "user[tags][]=a",
      "user[tags][]=b",
    ]);
  });

  it("sends nothing for empty lists, empty objects and null", () => {
    for (const style of ["repeat", "brackets", "index"] as const)
      for (const value of [[], null]) expect(rows("a", value, style)).toEqual([]);
    expect(rows("a", {}, "index")).toEqual([]);
    expect(rows("a", [null, 1], "repeat")).toEqual(["a=1"]);
  });

  it("has JSON text for an object where names are repeated, or refuses it", () => {
    expect(rows("a", { b: 1 }, "repeat")).toEqual(['a={"b":1}']);
    expect(rows("a", [{ b: 1 }], "repeat")).toEqual(['a={"b":1}']);
    expect(rows("a", { b: 1 }, "repeat", "refused")).toBeNull();
    expect(rows("a", [[1]], "repeat", "refused")).toBeNull();
  });
});
