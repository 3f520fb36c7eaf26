import { z } from "zod";
import { isJsonObject, type Json } from "#lib/core/json.ts";
import { checkAction } from "#lib/engine/check-action.ts";
import { retrySchema } from "#lib/engine/retry.ts";
import { runActionStep } from "#lib/engine/run-action-step.ts";
import { defineStepKind, type StepParts, type StepPath } from "#lib/engine/step-kind.ts";
import { readInputFields } from "#lib/engine/template/input-fields.ts";

const schema = ({ base, onError }: Pick<StepParts, "base" | "onError">) =>
  z.strictObject({
    ...base,
    kind: z.literal("action"),
    action: z.string().max(80),
    connectionId: z.uuid().nullable().optional(),
    input: z.json(),
    settings: z
      .strictObject({
        ...onError,
        retry: retrySchema.optional(),
        onUnknown: z.enum(["retry", "ask"]).optional(),
      })
      .optional(),
  });

/** A step that performs an action. `input` is checked against the action's own schema; its texts are templates. */
export type StepShape = z.infer<ReturnType<typeof schema>>;

/** The kind of step that does something to the world, or computes a value. */
export const kind = defineStepKind<StepShape>({
  kind: "action",
  title: "Action",
  icon: "circle-help",
  // The actions themselves are offered, one by one.
  choice: null,
  schema,
  blank: () => ({ kind: "action", action: "transform", input: { value: "" } }),
  hasOutput: true,
  texts: (step) => textsOf(step.input, ["input"]),
  templates(step, inputOf) {
    const schema = inputOf(step.action);
    if (schema === null) return { fields: [], problems: [] };
    const { fields, problems } = readInputFields(schema, step.input);
    const inside = <Part extends { path: StepPath }>(part: Part): Part => ({ ...part, path: ["input", ...part.path] });
    return { fields: fields.map(inside), problems: problems.map(inside) };
  },
  values(step) {
    const values = new Map(valuesOf(step.input, ""));
    if (step.connectionId) values.set("connection", step.connectionId);
    for (const [key, value] of valuesOf(step.settings ?? {}, "settings"))
      if (key !== "settings.onError") values.set(key, value);
    return values;
  },
  run: ({ frame, step, path, scope }) => runActionStep(frame, step, path, scope),

  async rehearse({ step, keep, plan }) {
    const { planned, card, example } = await plan(step);
    const computed = planned.kind === "planned" && planned.effect.kind === "value" ? planned.effect.output : undefined;
    const output = computed === undefined ? example : computed;
    keep({ planned, card, output, provenance: computed === undefined ? "example" : "computed" });
    return { [step.id]: output };
  },

  check: checkAction,
});

function textsOf(value: Json, path: StepPath): { path: StepPath; text: string }[] {
  if (typeof value === "string") return [{ path, text: value }];
  if (Array.isArray(value)) return value.flatMap((item, index) => textsOf(item, [...path, index]));
  if (isJsonObject(value)) return Object.entries(value).flatMap(([key, item]) => textsOf(item, [...path, key]));
  return [];
}

/** Single values by dotted name; places in a list count from 1. */
function valuesOf(value: Json, name: string): [string, Json][] {
  if (isJsonObject(value))
    return Object.entries(value).flatMap(([key, item]) => valuesOf(item, name === "" ? key : `${name}.${key}`));
  if (Array.isArray(value)) return value.flatMap((item, index) => valuesOf(item, `${name}.${index + 1}`));
  return [[name, value]];
}
