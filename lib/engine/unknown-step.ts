import { z } from "zod";
import type { JsonObject } from "#lib/core/json.ts";
import type { StepBase, StepKind, StepParts } from "#lib/engine/step-kind.ts";
import { failStep } from "#lib/engine/step-results.ts";
import type { Step } from "#lib/engine/steps/registry.generated.ts";

/**
 * A step of a kind that this version does not know: made by a newer one, or by one that knew more. Its own members are
 * kept as they are. At run time `kind` is whatever it was written as; the type only keeps it apart from known kinds.
 */
export type UnknownStep = StepBase & { kind: "of a kind this version does not know" };

/** Any step that says what it is and has an id and a name; further members are kept. */
export function unknownStepSchema({ base }: Pick<StepParts, "base">): z.ZodType<UnknownStep> {
  const kind = z.string().regex(/^[A-Za-z][A-Za-z0-9._-]{0,79}$/, "This is not the name of a kind of step.");
  // What else steps of today have may mean something else in the version that made it.
  const { id, name, note, off } = base;
  return z.looseObject({ id, name, note, off, kind }) as unknown as z.ZodType<UnknownStep>;
}

/** What can be done with a step of an unknown kind: it is shown, kept and exported, and never runs. */
export const UNKNOWN_KIND: StepKind = {
  kind: "of a kind this version does not know",
  title: "Unknown step",
  icon: "circle-help",
  choice: null,
  schema: (parts) => unknownStepSchema(parts),
  blank: () => {
    throw new Error("a step of an unknown kind is never made");
  },
  hasOutput: true,
  values: (step) => new Map(Object.entries(ownMembers(step))),
  run: ({ frame, step, path }) =>
    failStep(
      frame,
      step,
      path,
      "unsupported-step",
      `The step "${step.name}" is of the kind ${step.kind}, which this version of Hookline cannot run.`,
    ),
  async rehearse({ step, keep }) {
    const line = `this version knows no steps of the kind ${step.kind}`;
    keep({ card: { line, problem: line } });
    return {};
  },
  check: (step, { report }) => report("unknown-kind", [], { kind: step.kind }),
};

const BASE_MEMBERS: ReadonlySet<string> = new Set(["kind", "id", "name", "note", "off"]);

/** What the step has beside what every step has. */
function ownMembers(step: Step): JsonObject {
  const members = Object.entries(step as unknown as JsonObject);
  return Object.fromEntries(members.filter(([key]) => !BASE_MEMBERS.has(key)));
}
