import { expect, it } from "vitest";
import { jsonRows, openAtFirst, rowId, searchJson } from "#components/ui/json-rows.ts";
import { JsonText, writeJson } from "#lib/core/json-text.ts";

it("draws and finds numbers with every digit they were written with", () => {
  const value = new JsonText('{"id": 9007199254740993, "l": [1.0, "x", null, {"n": 1e400}]}');
  const roots = [{ label: "value", path: [], value }];
  const rows = jsonRows(roots, { open: openAtFirst(roots, 9), shown: new Map() });
  const drawn = rows.flatMap((row) => (row.kind === "value" ? [[row.label, writeJson(row.value), row.count]] : []));
  expect(drawn.slice(1)).toEqual([
    ["id", "9007199254740993", null],
    ["l", '[1.0, "x", null, {"n": 1e400}]', 4],
    ["0", "1.0", null],
    ["1", '"x"', null],
    ["2", "null", null],
    ["3", '{"n": 1e400}', 1],
    ["n", "1e400", null],
  ]);
  expect([...searchJson(roots, "740993").hits]).toEqual([rowId(["id"])]);
});
