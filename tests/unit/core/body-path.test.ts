import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { joinPath, pathParts, readBodyPath } from "#lib/core/body-path.ts";

test.each([
  ["", "", []],
  ["$", "", []],
  ["id", "id", ["id"]],
  ["events.0.id", "events.0.id", ["events", "0", "id"]],
  ["events[0].id", "events.0.id", ["events", "0", "id"]],
  ["$.events", "events", ["events"]],
  ["$$.events[2]", "events.2", ["events", "2"]],
  ["$[0].id", "0.id", ["0", "id"]],
  ["[0].id", "0.id", ["0", "id"]],
  ["a[0][1].b", "a.0.1.b", ["a", "0", "1", "b"]],
  ["`odd name`.id", "odd name.id", ["odd name", "id"]],
  ['"odd name".id', "odd name.id", ["odd name", "id"]],
  ["'odd name'.id", "odd name.id", ["odd name", "id"]],
  ["'a.b'[01].'it\\'s'", "`a.b`.1.it's", ["a.b", "1", "it's"]],
  ["`'a'`.`[0]`", "`'a'`.`[0]`", ["'a'", "[0]"]],
  ["odd name.id", "odd name.id", ["odd name", "id"]],
  ["`a.b`.c", "`a.b`.c", ["a.b", "c"]],
  ["`a.b`[1]", "`a.b`.1", ["a.b", "1"]],
  ["`a``b`.c", "`a``b`.c", ["a`b", "c"]],
  ["$id.x", "$id.x", ["$id", "x"]],
  ["x-y.z_1", "x-y.z_1", ["x-y", "z_1"]],
  ["trigger.body.events[0].id", "events.0.id", ["events", "0", "id"]],
  ["trigger.body[0]", "0", ["0"]],
  ["trigger.body", "", []],
  ["trigger.bodyguard", "trigger.bodyguard", ["trigger", "bodyguard"]],
  ["trigger.id", "trigger.id", ["trigger", "id"]],
  ["`trigger`.body.id", "`trigger`.body.id", ["trigger", "body", "id"]],
])("reads %s", (written, stored, parts) => {
  expect(readBodyPath(written)).toEqual({ kind: "path", path: stored });
  expect(readBodyPath(stored), "stored paths read as themselves").toEqual({ kind: "path", path: stored });
  expect(pathParts(stored)).toEqual(parts);
});

test("every list of names has a path of its own", () => {
  const name = fc.string({
    minLength: 1,
    maxLength: 4,
    unit: fc.constantFrom("a", "trigger", "body", ".", "`", "0", "[", "'", '"', " "),
  });
  fc.assert(
    fc.property(fc.array(name, { minLength: 1, maxLength: 4 }), (names) => {
      expect(pathParts(joinPath(names))).toEqual(names);
      expect(readBodyPath(joinPath(names))).toEqual({ kind: "path", path: joinPath(names) });
    }),
    { seed: 88, numRuns: 2_000 },
  );
});

describe("says what is wrong with", () => {
  test.each([
    ["events[id].x", "[id].x is not a place in a list: write a number, like [0]"],
    ["events[-1]", "[-1] is not a place in a list: write a number, like [0]"],
    ["a..b", "a name is missing before .b"],
    ["a.", "it ends with a dot"],
    [".a", "a name is missing before .a"],
    ["a[0]b", "a dot is missing before b"],
    ["`a", "a name is missing before `a"],
  ])("%s", (written, why) => {
    expect(readBodyPath(written)).toEqual({ kind: "bad", why });
  });
});
