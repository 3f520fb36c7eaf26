import { z } from "zod";
import type { Written, WrittenObject } from "#lib/core/json-text.ts";
import { DAY, HOUR, MINUTE } from "#lib/core/units.ts";
import type { CallbackLink } from "#lib/engine/callback-links.ts";
import { runOpenWait } from "#lib/engine/run-open-wait.ts";
import { WAIT_DAYS_MAX } from "#lib/engine/run-wait.ts";
import { defineStepKind, type StepParts } from "#lib/engine/step-kind.ts";
import { parseTemplate } from "#lib/engine/template/parse-template.ts";

const UNITS = { minutes: MINUTE, hours: HOUR, days: DAY } as const;
const QUESTION_CHARS_MAX = 2_000;

const schema = ({ base, stepId, name }: Pick<StepParts, "base" | "stepId" | "name">) => {
  const named = z.strictObject({ id: stepId, name });
  return z.strictObject({
    ...base,
    kind: z.literal("waitForCallback"),
    /** Template; empty: the step's name is asked. */
    question: z.string().max(QUESTION_CHARS_MAX),
    choices: z.array(named).min(1).max(10),
    /** Who has a link of their own. */
    approvers: z.array(named).max(20),
    timeout: z
      .number()
      .positive()
      .max(WAIT_DAYS_MAX * (DAY / MINUTE)),
    unit: z.enum(["minutes", "hours", "days"]),
    /** Without an answer in time the step fails, or goes on with `{"timedOut": true}`. */
    onTimeout: z.enum(["fail", "continue"]),
  });
};

/** Waits for an answer from outside: a person at a link, or a program that calls it. */
export type StepShape = z.infer<ReturnType<typeof schema>>;

/** The kind of step that waits for an answer from outside. */
export const kind = defineStepKind<StepShape>({
  kind: "waitForCallback",
  title: "Wait for an answer",
  icon: "user-check",
  choice: {
    does: "Wait for an answer",
    detail: "Ask people to approve, or wait for a program's call",
    synonyms: ["approve", "approval", "callback", "human", "confirm", "reject", "wait"],
    idBase: "approval",
  },
  schema,
  blank: () => ({
    kind: "waitForCallback",
    question: "",
    choices: [
      { id: "approve", name: "Approve" },
      { id: "reject", name: "Reject" },
    ],
    approvers: [],
    timeout: 7,
    unit: "days",
    onTimeout: "fail",
  }),
  hasOutput: true,
  callbackLinks: linksOf,
  texts: ({ question }) => [{ path: ["question"], text: question }],
  templates({ question }) {
    const [path, meta] = [["question"], { label: "Question", place: "text" as const }];
    const reading = parseTemplate(question);
    if (reading.kind !== "error") return { fields: [{ path, meta, segments: [...reading.segments] }], problems: [] };
    const { message, position } = reading;
    return { fields: [], problems: [{ path, label: meta.label, position, message }] };
  },
  values: (step) =>
    new Map([
      ["question", step.question],
      ...step.choices.map(({ id, name }) => [`choice ${id}`, name] as [string, string]),
      ...step.approvers.map(({ id, name }) => [`approver ${id}`, name] as [string, string]),
      ["waits for", `${step.timeout} ${step.unit}`],
      ["when nobody answers", step.onTimeout],
    ]),

  run: ({ frame, step, path, scope }) =>
    runOpenWait(
      { frame, step, path },
      {
        waitMs: Math.ceil(step.timeout * UNITS[step.unit]),
        asked: async (place) => {
          const question =
            step.question.trim() === "" ? null : await frame.ports.renderText(step.question, scope, place);
          return { question: frame.ports.concealText(question ?? step.name) };
        },
        onTimeout:
          step.onTimeout === "continue"
            ? { kind: "output", output: { timedOut: true } }
            : { kind: "fail", message: `Nobody answered within ${step.timeout} ${unitOf(step)}.` },
      },
    ),

  async rehearse({ step, keep }) {
    const output = exampleOf(step);
    const line = `waits for an answer: ${step.choices.map(({ name }) => name).join(" or ")}`;
    keep({ output, provenance: "example", card: { line, problem: null } });
    return { [step.id]: output } satisfies WrittenObject;
  },

  check(step, { report, reportOther, noteExpressions }) {
    for (const member of ["choices", "approvers"] as const) {
      const seen = new Set<string>();
      for (const [index, { id }] of step[member].entries()) {
        if (seen.has(id)) report("same-id", [member, index, "id"], { id });
        seen.add(id);
      }
    }
    if (step.timeout * UNITS[step.unit] > WAIT_DAYS_MAX * DAY)
      report("waits-too-long", ["timeout"], { days: String(WAIT_DAYS_MAX) });
    const reading = parseTemplate(step.question);
    if (reading.kind === "error") {
      const { message, position } = reading;
      reportOther({ path: ["question"], code: "template", severity: "error", message, position });
    } else noteExpressions(reading.segments, ["question"]);
  },
});

/** Its addresses: one where everybody may give any answer, one for each answer, one for each approver. */
function linksOf({ choices, approvers }: StepShape): CallbackLink[] {
  return [
    { path: ["url"], link: "", choice: null, by: "" },
    ...choices.map(({ id }) => ({ path: ["choices", id], link: `choice:${id}`, choice: id, by: "" })),
    ...approvers.map(({ id, name }) => ({ path: ["approvers", id], link: `approver:${id}`, choice: null, by: name })),
  ];
}

function exampleOf({ choices, approvers }: StepShape): Written {
  return {
    choice: choices[0]?.id ?? "",
    by: approvers[0]?.name ?? "",
    at: "2026-01-15T09:30:00.000Z",
    body: { note: "Looks right." },
  };
}

function unitOf({ timeout, unit }: StepShape): string {
  return timeout === 1 ? unit.slice(0, -1) : unit;
}
