import { z } from "zod";
import type { Json } from "#lib/core/json.ts";

const STEP_ID = /^[a-z][a-z0-9_]{0,39}$/;
const EXPRESSION_CHARS_MAX = 8_192;
const STEPS_MAX = 500;
const DEPTH_MAX = 12;

const json: z.ZodType<Json> = z.json();
const stepId = z
  .string()
  .regex(STEP_ID, "A step id has lower-case letters, digits and _, starts with a letter, at most 40.");
const name = z.string().min(1).max(120);
const note = z.string().max(2_000);
const expression = z.string().max(EXPRESSION_CHARS_MAX);
const base = { id: stepId, name, note: note.optional(), off: z.boolean().optional() };

/**
 * Retry rules of one step. attempts counts the first try. Waits grow by `factor` from `firstMs` up to `maxMs`, with
 * jitter.
 */
export const retrySchema = z.strictObject({
  attempts: z.int().min(1).max(50),
  firstMs: z.int().min(100).max(3_600_000),
  factor: z.number().min(1).max(10),
  maxMs: z.int().min(100).max(86_400_000),
});

/** Settings every action step has. */
export const stepSettingsSchema = z.strictObject({
  retry: retrySchema.optional(),
  onError: z.enum(["stop", "continue"]).optional(),
  onUnknown: z.enum(["retry", "ask"]).optional(),
});

/** A step that performs an action. `input` is checked against the action's own schema; its texts are templates. */
export type ActionStep = {
  kind: "action";
  id: string;
  name: string;
  note?: string | undefined;
  off?: boolean | undefined;
  action: string;
  connectionId?: string | null | undefined;
  input: Json;
  settings?: z.infer<typeof stepSettingsSchema> | undefined;
};
type Shared = { id: string; name: string; note?: string | undefined; off?: boolean | undefined };
/** The first case whose expression is true goes; else `otherwise`. */
export type BranchStep = Shared & {
  kind: "branch";
  cases: { id: string; name: string; when: string; steps: Step[] }[];
  otherwise: Step[];
};
/** Runs `steps` once per item of the list that `items` evaluates to. */
export type ForEachStep = Shared & {
  kind: "forEach";
  items: string;
  concurrency: number;
  onItemError: "stop" | "continue";
  steps: Step[];
};
/** Runs its branches side by side. */
export type ParallelStep = Shared & { kind: "parallel"; branches: { id: string; name: string; steps: Step[] }[] };
/** Waits for a time span, at most 30 days. */
export type DelayStep = Shared & { kind: "delay"; forMs: number };
/** Waits until the time an expression gives (ISO 8601 or epoch milliseconds). */
export type WaitUntilStep = Shared & { kind: "waitUntil"; at: string };
/** Waits for a call to a one-time URL. */
export type WaitForCallbackStep = Shared & { kind: "waitForCallback"; timeoutMs: number };
/** Runs another flow and waits for it. */
export type CallFlowStep = Shared & { kind: "callFlow"; flowId: string; input: string };
/** Ends the run with a reason. */
export type StopStep = Shared & { kind: "stop"; outcome: "succeeded" | "failed" | "filtered"; reason: string };
/** One step of the tree. */
export type Step =
  | ActionStep
  | BranchStep
  | ForEachStep
  | ParallelStep
  | DelayStep
  | WaitUntilStep
  | WaitForCallbackStep
  | CallFlowStep
  | StopStep;

/** Step kinds the engine runs today; publishing a version with another is refused and says which step. */
export const RUNNABLE_KINDS = ["action", "branch", "forEach", "stop"] as const satisfies readonly Step["kind"][];

const steps: z.ZodType<Step[]> = z.lazy(() => z.array(stepSchema).max(STEPS_MAX));

/** One step of the tree, any kind. */
export const stepSchema: z.ZodType<Step> = z.lazy(() =>
  z.discriminatedUnion("kind", [
    z.strictObject({
      ...base,
      kind: z.literal("action"),
      action: z.string().max(80),
      connectionId: z.uuid().nullable().optional(),
      input: json,
      settings: stepSettingsSchema.optional(),
    }),
    z.strictObject({
      ...base,
      kind: z.literal("branch"),
      cases: z
        .array(z.strictObject({ id: stepId, name, when: expression, steps }))
        .min(1)
        .max(20),
      otherwise: steps,
    }),
    z.strictObject({
      ...base,
      kind: z.literal("forEach"),
      items: expression,
      concurrency: z.int().min(1).max(20),
      onItemError: z.enum(["stop", "continue"]),
      steps,
    }),
    z.strictObject({
      ...base,
      kind: z.literal("parallel"),
      branches: z
        .array(z.strictObject({ id: stepId, name, steps }))
        .min(2)
        .max(20),
    }),
    z.strictObject({ ...base, kind: z.literal("delay"), forMs: z.int().min(0).max(2_592_000_000) }),
    z.strictObject({ ...base, kind: z.literal("waitUntil"), at: expression }),
    z.strictObject({ ...base, kind: z.literal("waitForCallback"), timeoutMs: z.int().min(1_000).max(2_592_000_000) }),
    z.strictObject({ ...base, kind: z.literal("callFlow"), flowId: z.uuid(), input: expression }),
    z.strictObject({
      ...base,
      kind: z.literal("stop"),
      outcome: z.enum(["succeeded", "failed", "filtered"]),
      reason: z.string().max(500),
    }),
  ]),
);

/**
 * The trigger: which endpoint's events, of which types (empty = all; "invoice" wants "invoice.paid" too), and an
 * optional JSONata filter run by the worker.
 */
export const triggerSchema = z.strictObject({
  endpointId: z.uuid().nullable(),
  eventTypes: z.array(z.string().min(1).max(200)).max(200),
  filter: expression.nullable(),
});

/** A flow's definition: drafts and published versions alike. Step ids are unique in the whole tree. */
export const flowDefinitionSchema = z
  .strictObject({
    schema: z.literal(1),
    trigger: triggerSchema,
    /** Template for each run's name; empty = event type and short id. */
    runName: z.string().max(1_000),
    steps,
  })
  .superRefine((flow, context) => {
    const seen = new Set<string>();
    for (const { step, path, depth } of walkSteps(flow.steps)) {
      if (seen.has(step.id))
        context.addIssue({ code: "custom", path, message: `The step id "${step.id}" is used twice.` });
      seen.add(step.id);
      if (depth > DEPTH_MAX)
        context.addIssue({ code: "custom", path, message: `Steps nest at most ${DEPTH_MAX} deep.` });
    }
    if (seen.size > STEPS_MAX)
      context.addIssue({ code: "custom", path: ["steps"], message: `A flow has at most ${STEPS_MAX} steps.` });
  });

/** A flow's definition. */
export type FlowDefinition = z.infer<typeof flowDefinitionSchema>;

/** Lists of steps inside a step, each with its place in the JSON. Empty for steps without children. */
export function childLists(step: Step): { path: (string | number)[]; steps: Step[] }[] {
  switch (step.kind) {
    case "branch":
      return [
        ...step.cases.map((c, i) => ({ path: ["cases", i, "steps"], steps: c.steps })),
        { path: ["otherwise"], steps: step.otherwise },
      ];
    case "forEach":
      return [{ path: ["steps"], steps: step.steps }];
    case "parallel":
      return step.branches.map((b, i) => ({ path: ["branches", i, "steps"], steps: b.steps }));
    case "action":
    case "delay":
    case "waitUntil":
    case "waitForCallback":
    case "callFlow":
    case "stop":
      return [];
  }
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
