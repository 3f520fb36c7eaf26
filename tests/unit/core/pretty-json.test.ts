import fc from "fast-check";
import { expect, it } from "vitest";
import { prettyJson } from "#lib/core/pretty-json.ts";

it("gives what JSON.stringify gives where nothing is written otherwise", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value);
      expect(prettyJson(text)).toBe(JSON.stringify(JSON.parse(text), null, 2));
    }),
    { seed: 4, numRuns: 300 },
  );
});

it("keeps digits, escapes, repeated keys and their order, and is null for what is no JSON", () => {
  expect(prettyJson('{"b":9007199254740993,\n"a" : [1.0,1e400, { } ,[ ]],"b":"\\u00e9\\"}"}')).toBe(
    '{\n  "b": 9007199254740993,\n  "a": [\n    1.0,\n    1e400,\n    {},\n    []\n  ],\n  "b": "\\u00e9\\"}"\n}',
  );
  for (const none of ["", "{", "text", "[1,]"]) expect(prettyJson(none)).toBeNull();
});
