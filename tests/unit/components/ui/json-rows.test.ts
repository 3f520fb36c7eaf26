import { expect, it } from "vitest";
import { jsonRows, openAtFirst, rowId, searchJson } from "#components/ui/json-rows.ts";
import { JsonText, type Written, writeJson } from "#lib/core/json-text.ts";

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

it("draws plain objects and lists of written values as the same values written as one text", () => {
  const drawn = (value: Written) =>
    jsonRows([{ label: "value", path: [], value }], { open: new Set([rowId([]), rowId(["l"])]), shown: new Map() }).map(
      (row) => row.kind === "value" && [row.label, row.value instanceof JsonText ? row.value.text : row.value],
    );
  const written = new JsonText('{"t":"x","n":1.0,"no":null,"l":["y",2.50]}');
  const taken = Object.fromEntries(written.members());
  expect(drawn(taken).slice(1)).toEqual(drawn(written).slice(1));
  expect(drawn({ l: [new JsonText('"y"'), new JsonText("2.50")] }).slice(2)).toEqual([
    ["0", "y"],
    ["1", "2.50"],
  ]);
});
