import { describe, expect, it } from "vitest";
import { usedVariables } from "#lib/engine/used-variables.ts";

/** An expression as it stands in the JSON of a definition. */
const used = (expression: string) => {
  const found = usedVariables(JSON.stringify({ value: expression }));
  return found === "all" ? found : [...found];
};

describe("which variables a definition may read", () => {
  it.each([
    ["trigger.body.id", []],
    ["trigger.body.varsity & 'myvars'", []],
    ["vars.limit + vars.`rate`", ["limit", "rate"]],
    ["Dear {{ vars.greeting }} {{vars . name}}", ["greeting", "name"]],
    ["vars\n  .limit", ["limit"]],
    ["vars.list[0].name", ["list"]],
    ["$keys(vars)", "all"],
    ["vars[limit > 1]", "all"],
    ["vars.*", "all"],
    ["$lookup($, 'va' & 'rs')", "all"],
    ["$$.*", "all"],
    ["**.limit", "all"],
    ["*.limit", "all"],
    ["$string(trigger.body)", []],
  ])("%s", (expression, names) => expect(used(expression)).toEqual(names));
});
