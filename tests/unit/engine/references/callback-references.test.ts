import jsonata from "jsonata";
import { expect, it, test } from "vitest";
import { callbacksOf } from "#lib/engine/callback-links.ts";
import { renameStepId } from "#lib/engine/edit/step-references.ts";
import { flowDefinitionSchema } from "#lib/engine/flow-definition.ts";
import { judgeReferences } from "#lib/engine/references/judge-references.ts";
import { readReferences } from "#lib/engine/references/read-references.ts";

const see = (id: string, value = "1", more: object = {}) => ({
  kind: "action",
  id,
  name: id,
  action: "transform",
  input: { value },
  ...more,
});
const asking = (id: string, more: object = {}) => ({
  kind: "waitForCallback",
  id,
  name: id,
  question: "",
  choices: [{ id: "yes", name: "Yes" }],
  approvers: [{ id: "anna", name: "Anna" }],
  timeout: 1,
  unit: "days",
  onTimeout: "fail",
  ...more,
});
const flow = flowDefinitionSchema.parse({
  schema: 1,
  trigger: { endpointId: null, eventTypes: [], filter: null },
  runName: "",
  steps: [
    see("mail", "run.callbacks.approval.url & steps.approval"),
    asking("asleep", { off: true }),
    asking("approval", { settings: { onError: "path" }, errorSteps: [asking("again")] }),
    {
      kind: "forEach",
      id: "each",
      name: "Each",
      items: "[1]",
      concurrency: 1,
      onItemError: "stop",
      steps: [see("inner"), asking("item_ok")],
    },
    see("last"),
  ],
});
const judge = (stepId: string, source: string) =>
  judgeReferences(flow, stepId, readReferences(jsonata(source).ast(), source), []).map(
    ({ code, severity }) => `${severity} ${code}`,
  );

test.each([
  ["mail", "run.callbacks.approval.url", []],
  ["mail", "run.callbacks.approval.choices.yes", []],
  ["mail", "run.callbacks", []],
  ["mail", "run.callbacks.again.url", []],
  ["inner", "run.callbacks.item_ok.approvers.anna", []],
  ["mail", "run.callbacks.aproval.url", ["error unknown-callback"]],
  ["mail", "run.callbacks.last.url", ["error unknown-callback"]],
  ["mail", "run.callbacks.approval.link", ["error unknown-member"]],
  ["mail", "run.callbacks.item_ok.url", ["error callback-inside-loop"]],
  ["mail", "run.callbacks.asleep.url", ["warning callback-off"]],
  ["last", "run.callbacks.approval.url", ["warning callback-over"]],
])("step %s reading %s is told %j", (stepId, source, told) => {
  expect(judge(stepId, source)).toEqual(told);
});

it("renames links with their step", () => {
  const [mail] = renameStepId(flow, "approval", "boss").flow.steps;
  expect(mail).toMatchObject({ input: { value: "run.callbacks.boss.url & steps.boss" } });
});

it("gives each step the addresses of its own place, those of a loop's steps for each item alone", () => {
  const urlOf = (path: string, link: string) => `${path}?${link}`;
  expect(callbacksOf(flow.steps, "", urlOf)).toEqual({
    approval: {
      url: "approval?",
      choices: { yes: "approval?choice:yes" },
      approvers: { anna: "approval?approver:anna" },
    },
    again: {
      url: "approval/on-error/again?",
      choices: { yes: "approval/on-error/again?choice:yes" },
      approvers: { anna: "approval/on-error/again?approver:anna" },
    },
  });
});
