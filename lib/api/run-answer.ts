import { z } from "@hono/zod-openapi";
import { timeOrNullSchema, timeSchema, toTime, toTimeOrNull } from "#lib/api/fields.ts";
import { GATE_KINDS } from "#lib/core/gate.ts";
import { JsonText } from "#lib/core/json-text.ts";
import type { Role } from "#lib/core/roles.ts";
import {
  RUN_STATES,
  type RunState,
  STEP_STATES,
  type StepState,
  VERIFICATIONS,
  type Verification,
} from "#lib/core/states.ts";
import type { HeldBack } from "#lib/db/held-back-runs.ts";
import type { Run } from "#lib/db/runs.ts";
import type { StepData } from "#lib/db/step-data.ts";
import type { StepRun } from "#lib/db/step-runs.ts";
import { describeWarning } from "#lib/engine/step-warnings.ts";
import type { BodyDeviationView } from "#lib/views/body-views.ts";
import { maskRun, maskStep, maskWords } from "#lib/views/payload-mask.ts";

/** Every state of a run. */
export const runStateSchema = z.enum(Object.keys(RUN_STATES) as [RunState, ...RunState[]]);

const run = {
  id: z.string(),
  flowId: z.string(),
  flowName: z.string(),
  version: z.number().int().nullable(),
  versionId: z.string(),
  eventId: z.string(),
  item: z.object({ index: z.number().int(), count: z.number().int() }).nullable().openapi({
    description: "Which item of a split event it is about, from 0; null when it is about the whole event.",
  }),
  endpointId: z.string().nullable(),
  kind: z.enum(["event", "replay", "test"]),
  status: runStateSchema,
  bodyDeviates: z.boolean().openapi({
    description:
      "Whether the event's body differs from what its headers say; known once the run has been worked on. A " +
      "single run says how.",
  }),
  name: z.string().nullable().openapi({ description: "Null for a key that may not see payloads." }),
  eventType: z.string().nullable(),
  replayOf: z.string().nullable(),
  wakeAt: timeOrNullSchema,
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  failedStep: z.string().nullable(),
  effectCounts: z.record(z.string(), z.number().int()),
  createdAt: timeSchema,
  startedAt: timeOrNullSchema,
  finishedAt: timeOrNullSchema,
};

const valueSchema = z
  .object({ id: z.string(), json: z.any().optional() })
  .nullable()
  .openapi({
    description:
      "A kept value, its numbers with every digit they were written with. `json` is missing when the key may not " +
      "see payloads, retention took it, or the run is large: then read it by its id.",
  });

const attemptSchema = z.object({
  number: z.number().int(),
  outcome: z.enum(["started", "done", "failed", "unknown"]),
  answer: valueSchema,
  errorCode: z.string().nullable(),
  errorMessage: z.string().nullable(),
  retryAt: timeOrNullSchema,
  startedAt: timeSchema,
  finishedAt: timeOrNullSchema,
});

const stepWarningSchema = z
  .object({
    kind: z.enum(["lost-digits", "blank", "json-in-text"]),
    field: z.string(),
    source: z.string(),
    message: z.string(),
  })
  .openapi("StepWarning", {
    description:
      "What is worth knowing about a step's values although they were sent: an expression (`source`) " +
      "calculated with a number of more digits than it could keep, was blank in a text, or gave a list or " +
      "object that became JSON text.",
  });

const stepRunSchema = z
  .object({
    path: z.string(),
    stepId: z.string(),
    kind: z.string(),
    action: z.string().nullable(),
    status: z.enum(Object.keys(STEP_STATES) as [StepState, ...StepState[]]),
    idempotencyKey: z.string().nullable(),
    input: valueSchema,
    effect: valueSchema,
    output: valueSchema,
    attempts: z.array(attemptSchema),
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    warnings: z.array(stepWarningSchema),
    nextAttemptAt: timeOrNullSchema,
    startedAt: timeOrNullSchema,
    finishedAt: timeOrNullSchema,
  })
  .openapi("StepRun");

/** A run as lists show it. */
export const runSchema = z.object(run).openapi("Run");

const heldBackSchema = z
  .object({ kind: z.enum(GATE_KINDS), key: z.string(), since: timeSchema })
  .nullable()
  .openapi({
    description:
      "What the run waits for when its flow, its workspace or what it calls has as many slow runs as may go on " +
      "at once, or its workspace's brake is on: an id (the flow's for the brake), or the target's host and port " +
      "(hidden from a key that may not see payloads). Null when it does not wait for that.",
  });

const deviationsSchema = z
  .array(z.object({ kind: z.string(), message: z.string() }))
  .nullable()
  .openapi({
    description:
      "How the body of the run's event differs from what its headers say (another type, another character set, " +
      "an encoding it is not in); empty where it does not. Null when the key may not see payloads, and for " +
      "runs about one item or with an edited body.",
  });

/** A run with its steps, every try and the values they had. */
export const runWithStepsSchema = z
  .object({
    ...run,
    verification: z
      .enum(Object.keys(VERIFICATIONS) as [Verification, ...Verification[]])
      .nullable()
      .openapi({
        description: "Whether its event was verified; null when the event is gone.",
      }),
    heldBackAt: heldBackSchema,
    bodyDeviations: deviationsSchema,
    steps: z.array(stepRunSchema),
  })
  .openapi("RunWithSteps");

/** Why a run is held back, when it is; what it calls may be made of the event. */
export function toHeldBack(role: Role, heldBack: HeldBack | null): z.input<typeof heldBackSchema> {
  if (heldBack === null) return null;
  const key = heldBack.kind === "target" ? maskWords(role, heldBack.key) : heldBack.key;
  return { ...heldBack, key, since: toTime(heldBack.since) };
}

/** In what the body of a run's event is not what its headers say, for programs and in words. */
export function toDeviations(found: readonly BodyDeviationView[] | null): z.input<typeof deviationsSchema> {
  return found === null ? null : found.map(({ kind, sentence }) => ({ kind, message: sentence }));
}

/** A run as lists show it to a role. */
export function toRun(role: Role, found: Run): z.input<typeof runSchema> {
  const { versionNumber, originRunId: _origin, hasOwnBody: _body, ...rest } = maskRun(role, found);
  const times = {
    createdAt: toTime(rest.createdAt),
    startedAt: toTimeOrNull(rest.startedAt),
    finishedAt: toTimeOrNull(rest.finishedAt),
  };
  return { ...rest, ...times, version: versionNumber, wakeAt: toTimeOrNull(rest.wakeAt) };
}

/** The ids of all values of some steps. */
export function dataIdsOf(steps: readonly StepRun[]): string[] {
  return steps.flatMap((step) =>
    [
      step.inputDataId,
      step.effectDataId,
      step.outputDataId,
      ...step.attempts.map((attempt) => attempt.answerDataId),
    ].filter((id) => id !== null),
  );
}

/** A step with its tries as a role sees it; values are written out where `data` has them. */
export function toStepRun(
  role: Role,
  found: StepRun,
  data: ReadonlyMap<string, StepData>,
): z.input<typeof stepRunSchema> {
  const value = (id: string | null) => {
    const held = id === null ? undefined : data.get(id);
    return id === null ? null : { id, ...(held === undefined ? {} : { json: new JsonText(held.json) }) };
  };
  const step = maskStep(role, found);
  const { seq: _seq, inputDataId, effectDataId, outputDataId, attempts, ...rest } = step;
  return {
    ...rest,
    warnings: step.warnings.map((warning) => ({ ...warning, message: describeWarning(warning) })),
    input: value(inputDataId),
    effect: value(effectDataId),
    output: value(outputDataId),
    attempts: attempts.map(({ answerDataId, retryAt, startedAt, finishedAt, ...attempt }) => {
      const times = {
        retryAt: toTimeOrNull(retryAt),
        startedAt: toTime(startedAt),
        finishedAt: toTimeOrNull(finishedAt),
      };
      return { ...attempt, answer: value(answerDataId), ...times };
    }),
    nextAttemptAt: toTimeOrNull(step.nextAttemptAt),
    startedAt: toTimeOrNull(step.startedAt),
    finishedAt: toTimeOrNull(step.finishedAt),
  };
}
