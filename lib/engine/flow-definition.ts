import { z } from "zod";
import { plainIssue } from "#lib/core/plain-issue.ts";
import { type ChildList, ON_ERROR, type StepParts } from "#lib/engine/step-kind.ts";
import { stepKindOf } from "#lib/engine/step-kind-of.ts";
import { errorPathOf } from "#lib/engine/step-settings.ts";
import { findStepKind, type Step, stepKinds } from "#lib/engine/steps/registry.generated.ts";
import { unknownStepSchema } from "#lib/engine/unknown-step.ts";

const STEP_ID = /^[a-z][a-z0-9_]{0,39}$/;
const EXPRESSION_CHARS_MAX = 8_192;
const STEPS_MAX = 500;
const DEPTH_MAX = 12;
const TIMEOUT_SECONDS_MAX = 366 * 24 * 3_600;

const stepId = z
  .string()
  .regex(STEP_ID, "A step id has lower-case letters, digits and _, starts with a letter, at most 40.");
const name = z.string().min(1).max(120);
const note = z.string().max(2_000);
const expression = z.string().max(EXPRESSION_CHARS_MAX);
const named = { id: stepId, name, note: note.optional(), off: z.boolean().optional() };
const onError = { onError: z.enum(ON_ERROR).optional() };

/**
 * One step of the tree. A step of a kind that this version does not know is kept as it is, for drafts of newer
 * versions; publishing refuses it by name.
 */
export const stepSchema: z.ZodType<Step> = stepsOf((known, unknown) =>
  z.unknown().transform((value, context): Step => {
    const kind = typeof value === "object" && value !== null && "kind" in value ? value.kind : undefined;
    const found = typeof kind === "string" ? findStepKind(kind) : null;
    const isUnknown = typeof kind === "string" && found === null;
    const today = found?.readOlder === undefined ? value : found.readOlder(value as Record<string, unknown>);
    const read = (isUnknown ? unknown : known).safeParse(today, { error: plainIssue });
    if (read.success) return read.data;
    for (const issue of read.error.issues)
      context.addIssue({ code: "custom", path: [...issue.path] as (string | number)[], message: issue.message });
    return z.NEVER;
  }),
);

/** The same as plain alternatives, for JSON Schema: what a step of a known kind has, and that others are kept. */
const describedStepSchema: z.ZodType<Step> = stepsOf((known, unknown) => z.union([known, unknown]));

/** A step's schema out of the known kinds and any other; lists inside a step hold steps of the same schema. */
function stepsOf(choose: (known: z.ZodType<Step>, unknown: z.ZodType<Step>) => z.ZodType<Step>): z.ZodType<Step> {
  const step: z.ZodType<Step> = z.lazy(() => {
    const steps = listOf(step);
    const settings = z.strictObject(onError).optional();
    const base = { ...named, when: expression.optional(), settings, errorSteps: steps.optional() };
    const parts: StepParts = { base, onError, stepId, name, expression, steps };
    const kinds = stepKinds.map((kind) => kind.schema(parts)) as unknown as [z.ZodObject, ...z.ZodObject[]];
    return choose(z.discriminatedUnion("kind", kinds) as unknown as z.ZodType<Step>, unknownStepSchema(parts));
  });
  return step;
}

function listOf(step: z.ZodType<Step>): z.ZodType<Step[]> {
  return z.lazy(() => z.array(step).max(STEPS_MAX));
}

/**
 * When a flow starts by itself: five fields of cron in a time zone. `missed`: what becomes of times at which Hookline
 * was down, nothing or one run for the last of them.
 */
const scheduleSchema = z.strictObject({
  cron: z.string().max(200),
  zone: z.string().max(64),
  missed: z.enum(["none", "last"]),
});

/**
 * The trigger: which endpoint's events, of which types (empty = all; "invoice" wants "invoice.paid" too), and an
 * optional JSONata filter run by the worker. With a kind no endpoint starts it: "schedule" starts it at due times,
 * "none" leaves it to be run by hand.
 */
export const triggerSchema = z
  .strictObject({
    /** Left out: an endpoint's events start the flow. */
    kind: z.enum(["schedule", "none"]).optional(),
    endpointId: z.uuid().nullable(),
    eventTypes: z.array(z.string().min(1).max(200)).max(200),
    filter: expression.nullable(),
    schedule: scheduleSchema.optional(),
  })
  .superRefine(({ kind, endpointId, eventTypes, schedule }, context) => {
    const refuse = (path: string, message: string) => context.addIssue({ code: "custom", path: [path], message });
    if (kind !== undefined && endpointId !== null) refuse("endpointId", "A trigger with a kind has no endpoint.");
    if (kind !== undefined && eventTypes.length > 0) refuse("eventTypes", "A trigger with a kind has no event types.");
    if ((kind === "schedule") !== (schedule !== undefined))
      refuse("schedule", 'A schedule and the kind "schedule" belong together.');
  });

const definition = (step: z.ZodType<Step>) =>
  z.strictObject({
    schema: z.literal(1),
    trigger: triggerSchema,
    /** Template for each run's name; empty = event type and short id. */
    runName: z.string().max(1_000),
    /** How long a run may take from when it was made, in seconds; left out: as long as it takes. */
    timeoutSeconds: z.int().min(1).max(TIMEOUT_SECONDS_MAX).optional(),
    steps: listOf(step),
  });

/** A flow's definition: drafts and published versions alike. Step ids are unique in the whole tree. */
export const flowDefinitionSchema = definition(stepSchema).superRefine((flow, context) => {
  const seen = new Set<string>();
  for (const { step, path, depth } of walkSteps(flow.steps)) {
    if (seen.has(step.id))
      context.addIssue({ code: "custom", path, message: `The step id "${step.id}" is used twice.` });
    seen.add(step.id);
    if (step.errorSteps !== undefined && errorPathOf(step) === null && findStepKind(step.kind) !== null) {
      const message = 'Only a step whose settings say onError "path" has errorSteps.';
      context.addIssue({ code: "custom", path: [...path, "errorSteps"], message });
    }
    if (depth > DEPTH_MAX) context.addIssue({ code: "custom", path, message: `Steps nest at most ${DEPTH_MAX} deep.` });
  }
  if (seen.size > STEPS_MAX)
    context.addIssue({ code: "custom", path: ["steps"], message: `A flow has at most ${STEPS_MAX} steps.` });
});

/** A definition's schema as JSON Schema can say it. */
export const describedFlowDefinitionSchema = definition(describedStepSchema);

/** A flow's definition. */
export type FlowDefinition = z.infer<typeof flowDefinitionSchema>;

/**
 * Lists of steps inside a step, each with its place in the step's JSON and its words. Empty for steps without children.
 */
export function childLists(step: Step): ChildList[] {
  const own = stepKindOf(step).lists?.(step) ?? [];
  const steps = errorPathOf(step);
  if (steps === null) return own;
  return [...own, { path: ["errorSteps"], steps, label: "If it fails", spoken: "if it fails", afterError: true }];
}

/** Every step in run order, with its place in the definition's JSON and its depth (top level = 1). */
export function* walkSteps(
  list: Step[],
  at: (string | number)[] = ["steps"],
  depth = 1,
): Generator<{ step: Step; path: (string | number)[]; depth: number }> {
  for (const [index, step] of list.entries()) {
    const path = [...at, index];
    yield { step, path, depth };
    for (const child of childLists(step)) yield* walkSteps(child.steps, [...path, ...child.path], depth + 1);
  }
}
