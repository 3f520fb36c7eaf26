import { expect, test } from "vitest";
import { unshownProblems } from "#components/builder/unshown-problems.ts";
import type { BuilderProblem } from "#lib/engine/edit/builder-data.ts";
import type { FlowDefinition } from "#lib/engine/flow-definition.ts";

const flow: FlowDefinition = {
  schema: 1,
  trigger: { endpointId: null, eventTypes: [], filter: null },
  runName: "",
  steps: [
    {
      kind: "branch",
      id: "size",
      name: "By size",
      cases: [
        {
          id: "large",
          name: "Large",
          when: "",
          steps: [
            {
              kind: "action",
              id: "call",
              name: "Call",
              action: "http.request",
              connectionId: null,
              input: { url: "", headers: [{ name: "x-a", value: "1" }], body: { kind: "none" }, note: "" },
            },
          ],
        },
      ],
      otherwise: [],
    },
  ],
};
const inCall = ["steps", 0, "cases", 0, "steps", 0];
const problem = (stepId: string, path: readonly (string | number)[], code = "x"): BuilderProblem => ({
  path,
  stepId,
  code,
  severity: "error",
  message: code,
});
const shown = (stepId: string, path: readonly (string | number)[], code?: string) =>
  unshownProblems(flow, stepId, [problem(stepId, path, code)], (field) => field === "headers" || field === "note")
    .length === 0;

test.each<[string, boolean, string, readonly (string | number)[], string?]>([
  ["a text's own", true, "call", [...inCall, "input", "url"]],
  ["a condition's own", true, "size", ["steps", 0, "cases", 0, "when"]],
  ["a choice's", false, "call", [...inCall, "input", "body"]],
  ["a row's", false, "call", [...inCall, "input", "headers", 0]],
  ["a text's that is folded away", false, "call", [...inCall, "input", "note"]],
  ["the whole step's", false, "size", ["steps", 0]],
  ["one with a notice of its own", true, "call", [...inCall, "connectionId"], "connection-gone"],
])("says by itself, or leaves to the field: %s", (_what, isShown, stepId, path, code) => {
  expect(shown(stepId, path, code)).toBe(isShown);
});

test("says nothing of other steps", () => {
  expect(unshownProblems(flow, "size", [problem("call", inCall)], () => false)).toEqual([]);
});
