import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { expect, it } from "vitest";
import { FieldResult } from "#components/builder/field-result.tsx";
import { scopeJson } from "#components/builder/scope-json.ts";
import type { ExpressionSpot } from "#lib/engine/edit/preview-types.ts";

function shown(json: string, expressionJson?: string): string {
  const spot = (result: ExpressionSpot["result"]) => ({ start: 0, end: 1, sourceStart: 0, source: "x", result });
  const expressions = expressionJson === undefined ? [] : [spot({ kind: "value", json: expressionJson })];
  const outcome = { kind: "value" as const, json, bytes: json.length, warnings: [] };
  const props = { id: "f", result: { expressions, outcome }, hasSample: true, updating: false };
  return renderToStaticMarkup(createElement(FieldResult, props))
    .replaceAll(/<[^>]+>/g, " ")
    .replaceAll("&quot;", '"')
    .replaceAll(/\s+/g, " ")
    .trim();
}

it.each([
  ["9007199254740993", "9007199254740993 number"],
  ["1.0", "1.0 number"],
  ['"a text"', "a text text"],
  ["true", "true yes/no"],
  ["null", "null null"],
  ['{"id":9007199254740993}', '{ "id": 9007199254740993 } object'],
  ["[1.0,2]", "[ 1.0, 2 ] list of 2"],
])("shows %s with its digits and its kind", (json, text) => {
  expect(shown(json)).toBe(text);
});

it("says that a value became text beside other text, and not where it stands alone", () => {
  expect(shown('"Nr. 7"', "7")).toContain("now text, because there is text beside the value");
  expect(shown('"7"', "7")).not.toContain("now text");
  expect(shown('"a"', '"a"')).not.toContain("now text");
});

it("reads a scope once for completion and choices", () => {
  const scope = {
    trigger: '{"body":{"a":1}}',
    steps: [{ id: "s", name: "S", json: "[1.0]", provenance: "computed" as const }],
    item: null,
    error: null,
    vars: "{}",
    run: { id: "preview" },
  };
  const value = scopeJson(scope);
  expect(value).toEqual({ trigger: { body: { a: 1 } }, steps: { s: [1] }, vars: {}, run: { id: "preview" } });
  expect(scopeJson(scope)).toBe(value);
  expect(scopeJson(null)).toBeNull();
});
